"""What the announcements bot keeps."""
