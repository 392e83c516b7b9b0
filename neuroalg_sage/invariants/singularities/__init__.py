"""The singular locus, the critical locus, and the subnetworks in them."""
