"""Claims about conservation laws and their level sets."""
