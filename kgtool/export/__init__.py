"""What partners receive: packages of files that describe, check and prove themselves."""
