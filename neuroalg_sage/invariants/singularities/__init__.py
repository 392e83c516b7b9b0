"""The singular locus, the critical locus, and the subnetworks in them."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS = (
    Question("singular_locus", "The irreducible components of the singular locus",
             ".singularities.degeneracy:SingularLocus",
             reported=110, figure="singular components", needs=("dimension", "ideal", "degree"),
             claims=("singular_locus", "singular_subvarieties"),
             script=".singularities.scripts:singular_locus_script", of_cones=True),
    Question("cancellations", "The parameters at which factors of rational functions cancel, or "
             "their degree drops",
             ".singularities.cancellations:Cancellations",
             reported=115, claims=("cancellations",), of_cones=True, of_polynomials=False),
    Question("subnetworks", "The subnetworks up to symmetry, with their place in the "
             "neuromanifold",
             ".singularities.subnetworks:Subnetworks",
             reported=120, needs=("dimension", "ideal"), claims=("subnetworks",),
             is_drawn=True),
    Question("critical_locus", "The components of the parameters where the rank of Dφ is not the "
             "dimension",
             ".singularities.degeneracy:Locus",
             needs=("dimension", "singular_locus"),
             claims=("critical_locus", "critical_subvarieties")),
)
