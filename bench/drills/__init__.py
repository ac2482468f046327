"""Drills of operators, as scripts: a backup is restored, a filled database is upgraded. `make drill-restore`, `make drill-upgrade`."""
