"""Many documents: found, cleaned by processes, written out, none lost and none twice."""
