"""What a neuromanifold is over the real numbers: equations, inequalities, boundary."""

from neuroalg_sage.invariants.answers.question import Question

QUESTIONS: tuple[Question, ...] = (
    Question("trichotomy", "Whether M is all of V, thick, that is not all but with interior "
             "points, or thin",
             ".real.trichotomy:Trichotomy", title="over the real numbers", reported=155,
             needs=("dimension", "ideal"), claims=("trichotomy",)),
    Question("is_dense", "Whether M is dense in V, over the real numbers",
             ".real.trichotomy:Density", title="dense", needs=("dimension", "ideal"),
             claims=("is_dense",)),
    Question("is_closed", "Whether M is closed in V, over the real numbers",
             ".real.trichotomy:Closedness", title="closed", claims=("is_closed",)),
    Question("semialgebraic_description",
             "The neuromanifold over the real numbers, without its closure, by equations and "
             "inequalities",
             ".real.semialgebraic_description:SemialgebraicDescription",
             title="semi-algebraic description", reported=156, where_known=True,
             claims=("semialgebraic_description",)),
    Question("typical_ranks", "How many hidden units the functions of an open set need, for one "
             "hidden layer with a power as activation",
             ".real.typical_ranks:TypicalRanks", claims=("typical_ranks",)),
    Question("real_rank", "How many powers of real linear forms a binary form is a sum of",
             ".real.real_rank:RealRankOfForm",
             takes="a function", command="real-rank", claims=("real_rank",)),
    Question("real_ranks", "How often each typical real rank occurs among Gaussian binary forms",
             ".real.real_ranks:RealRanks", command="real-rank", claims=("real_ranks",)),
    Question("boundary", "The hypersurfaces that bound the neuromanifold, where it has interior "
             "points",
             ".real.boundary_components:Boundary", claims=("boundary",)),
    Question("betti_numbers", "The Betti numbers of M over the real numbers, over Q and GF(2): "
             "within a ball, on the unit sphere, and of the projectivization",
             ".real.betti_numbers:BettiNumbers", title="Betti numbers over the real numbers",
             reported=158, is_extra=True, where_known=True,
             claims=("betti_numbers",)),
    Question("real_preimage_numbers", "Which numbers of real preimages sampled functions of M "
             "have, up to scalings and finite symmetries",
             ".real.preimages:RealPreimageNumbers", title="numbers of real preimages",
             needs=("dimension",), claims=("real_preimage_numbers", "real_preimage_dimension")),
)
