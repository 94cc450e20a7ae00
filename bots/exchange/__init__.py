"""Exchange: copies what authors share into the room of all initiatives, and keeps the copies up to
date."""
