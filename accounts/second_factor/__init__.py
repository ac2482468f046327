"""The second factor of staff: devices, recovery, its reset by two people, and asking again before what is sensitive."""
