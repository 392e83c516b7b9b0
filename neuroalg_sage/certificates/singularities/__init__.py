"""Claims about the singular locus, the critical locus and subnetworks."""
