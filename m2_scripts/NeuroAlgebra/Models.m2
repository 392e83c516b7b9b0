-- Models, as functions that are polynomial in parameters and inputs.

export { "NeuralModel", "convolutional", "coordinateMonomials", "lightningAttention",
    "linearNetwork", "mlp", "networkOverPlaces", "neuralModel", "parametrization", "Bias", "Channels",
    "Heads", "InputChannels", "Layers", "Readout", "Strides" }

NeuralModel = new Type of HashTable
NeuralModel.synonym = "neural model"

-- Input --------------------------------------------------------------------------

checkCounts = (L, what) -> (
    if not instance(L, List) or #L == 0
    or not all(L, n -> instance(n, ZZ) and n > 0) then
    error("expected ", what, " to be positive integers"))

checkField = k -> (
    if not instance(k, Ring) or not isField k then error "expected CoefficientRing to be a field";
    if k =!= QQ and char k == 0 then
    error "expected CoefficientRing to be QQ or a finite field")

-- The coefficients over k of a function that takes x to a polynomial in x.
activationCoefficients = (k, f) -> (
    x := getSymbol "x";
    R := k(monoid [x]);
    g := try promote(f R_0, R) except err do null;
    if g === null or not instance(g, R) or first degree g < 1 then
    error "expected an activation that takes x to a polynomial of positive degree, as x -> x^2";
    apply(1 + first degree g, i -> coefficient(R_0^i, g)))

activationText = c -> (
    R := (ring c#0)(monoid [getSymbol "x"]);
    toString sum(#c, i -> c#i * R_0^i))

-- The activations between layers, of which there are so many.
readActivations = (k, f, number) -> (
    if instance(f, List) and #f != number then
    error("expected one activation for each of the ", toString number, " hidden layers");
    apply(if instance(f, List) then f else toList(number : f), g -> activationCoefficients(k, g)))

isLinear = c -> #c == 2 and c#0 == 0 and c#1 == 1

interleave = (layers, activations) -> drop(flatten apply(#layers, i -> (
            if i == #activations then {layers#i, null}
            else if isLinear activations#i then {layers#i}
            else {layers#i, activationLayer activations#i})), -1)

functionText = activations -> (
    texts := unique apply(activations, activationText);
    if #texts == 0 then "x -> x"
    else if #texts == 1 then "x -> " | first texts
    else toString apply(activations, c -> "x -> " | activationText c))

activationPhrase = activations -> (
    texts := if all(activations, isLinear) then {} else apply(activations, activationText);
    if #texts == 0 then ""
    else if #unique texts == 1 then " with activation " | first texts
    else " with activations " | demark(", ", texts))

optionText = L -> concatenate apply(L, (name, value, usual) ->
    if value === usual then "" else ", " | name | " => " | toString value)

-- Families -----------------------------------------------------------------------

-- How a model is made smaller is a function of numbers of units, see Subnetworks.m2.
composedModel = (k, layers, inputs, phrase, text, smaller) -> new NeuralModel from {
    "coefficient ring" => k,
    "layers" => layers,
    "number of inputs" => inputs,
    "description" => phrase,
    "text" => text,
    "smaller" => smaller,
    cache => new CacheTable}

mlp = method(TypicalValue => NeuralModel, Options => {Bias => false, CoefficientRing => QQ})
mlp List := o -> widths -> mlp(widths, x -> x, o)
mlp(List, Function) :=
mlp(List, List) := o -> (widths, f) -> (
    checkCounts(widths, "widths");
    if #widths < 2 then error "expected at least two widths, of inputs and outputs";
    if not instance(o.Bias, Boolean) then error "expected Bias to be true or false";
    checkField(k := o.CoefficientRing);
    activations := readActivations(k, f, #widths - 2);
    layers := apply(#widths - 1, i -> denseLayer(widths#i, widths#(i + 1), o.Bias));
    linear := all(activations, isLinear);
    composedModel(k, interleave(layers, activations), first widths,
        (if linear then (if o.Bias then "affine-" else "") | "linear network"
            else "fully connected network") | " of widths " | demark(", ", apply(widths, toString))
        | activationPhrase activations | (if o.Bias and not linear then " and biases" else ""),
        (if linear and not o.Bias then "linearNetwork(" | toString widths
            else "mlp(" | toString widths | ", " | functionText activations)
        | optionText {("Bias", o.Bias, false), ("CoefficientRing", k, QQ)} | ")",
        hashTable {
            "units" => apply(#widths - 2, i -> widths#(i + 1)),
            "model" => hidden -> mlp(join({first widths}, hidden, {last widths}), f, o)}))

linearNetwork = method(TypicalValue => NeuralModel, Options => {CoefficientRing => QQ})
linearNetwork List := o -> widths -> mlp(widths, x -> x, CoefficientRing => o.CoefficientRing)

-- A list with one entry for each of number things, where one value may stand for all.
forEach = (value, number, what) -> (
    L := if instance(value, List) then value else toList(number : value);
    if #L != number then error("expected one of ", what, " for each of ", toString number);
    L)

convolutional = method(TypicalValue => NeuralModel, Options => {Strides => 1, Channels => 1,
        InputChannels => 1, Outputs => 1, CoefficientRing => QQ})
convolutional List := o -> filters -> convolutional(filters, x -> x, o)
convolutional(List, Function) :=
convolutional(List, List) := o -> (filters, f) -> (
    if #filters == 0 then error "expected at least one filter";
    sizes := apply(filters, s -> if instance(s, List) then s else {s});
    scan(sizes, s -> checkCounts(s, "sizes of filters"));
    axes := #(first sizes);
    if any(sizes, s -> #s != axes) then
    error "expected filters with the same number of axes, as in {{3,3},{2,2}}";
    number := #sizes;
    strides := apply(forEach(o.Strides, number, "Strides"), s -> forEach(s, axes, "Strides"));
    scan(strides, s -> checkCounts(s, "Strides"));
    made := forEach(o.Channels, number, "Channels");
    if not instance(o.Channels, List) then made = append(drop(made, -1), if number == 1
        then o.Channels else 1);
    checkCounts(made, "Channels");
    checkCounts({o.InputChannels}, "InputChannels");
    checkCounts({o.Outputs}, "Outputs");
    checkField(k := o.CoefficientRing);
    activations := readActivations(k, f, number - 1);
    spaces := {toList(axes : o.Outputs)};
    scan(reverse toList(0 .. number - 1), i -> spaces = prepend(apply(axes, a ->
                (first spaces)#a * strides#i#a - strides#i#a + sizes#i#a), spaces));
    taken := prepend(o.InputChannels, drop(made, -1));
    layers := apply(number, i -> convolutionLayer(sizes#i, strides#i, taken#i, made#i, spaces#i));
    show := L -> demark("x", apply(L, toString));
    composedModel(k, interleave(layers, activations), o.InputChannels * product first spaces,
        "convolutional network with filters of sizes " | demark(", ", apply(sizes, show))
        | (if all(flatten strides, s -> s == 1) then ""
            else ", strides " | demark(", ", apply(strides, show)))
        | (if all(prepend(o.InputChannels, made), c -> c == 1) then ""
            else ", channels " | demark(", ", apply(prepend(o.InputChannels, made), toString)))
        | activationPhrase activations,
        "convolutional(" | toString filters | ", " | functionText activations | optionText {
            ("Strides", o.Strides, 1), ("Channels", o.Channels, 1),
            ("InputChannels", o.InputChannels, 1), ("Outputs", o.Outputs, 1),
            ("CoefficientRing", k, QQ)} | ")",
        hashTable {
            "units" => drop(made, -1),
            "model" => hidden -> convolutional(filters, f, o, Channels => append(hidden, last made)),
            "filters" => if all(prepend(o.InputChannels, made), c -> c == 1) then sizes else null,
            "strides" => strides,
            "spaces" => spaces,
            "with filters" => shorter -> convolutional(shorter, f, o)}))

networkOverPlaces = method(TypicalValue => NeuralModel, Options => {Bias => false,
        Readout => false, CoefficientRing => QQ})
networkOverPlaces(List, List) := o -> (matrices, channels) ->
networkOverPlaces(matrices, channels, x -> x, o)
networkOverPlaces(List, List, Function) := o -> (matrices, channels, f) -> (
    if #matrices == 0 or not all(matrices, A -> instance(A, Matrix)
        and member(ring A, {ZZ, QQ}) and numrows A == numrows first matrices
        and numcols A == numrows A and numrows A > 0) then
    error "expected square matrices of one size over the integers or the rational numbers";
    checkCounts(channels, "channels");
    if #channels < 2 then error "expected at least two numbers of channels, of inputs and outputs";
    if not instance(o.Bias, Boolean) then error "expected Bias to be true or false";
    if not instance(o.Readout, Boolean) then error "expected Readout to be true or false";
    checkField(k := o.CoefficientRing);
    activations := readActivations(k, f, #channels - 2);
    places := numrows first matrices;
    inField := apply(matrices, A -> sub(A, k));
    ones := {matrix {toList(places : 1_k)}};
    layers := apply(#channels - 1, i -> matrixSpaceLayer(
            if o.Readout and i == #channels - 2 then ones else inField,
            channels#i, channels#(i + 1), o.Bias));
    composedModel(k, interleave(layers, activations), places * first channels,
        "network over " | toString places | (if places == 1 then " place" else " places")
        | " with channels " | demark(", ", apply(channels, toString)) | activationPhrase activations
        | (if o.Bias then " and biases" else "") | (if o.Readout then ", summed up" else ""),
        "networkOverPlaces({" | demark(", ", apply(matrices, A -> "matrix " | toString entries A))
        | "}, " | toString channels | ", " | functionText activations | optionText {
            ("Bias", o.Bias, false), ("Readout", o.Readout, false), ("CoefficientRing", k, QQ)}
        | ")",
        hashTable {
            "units" => apply(#channels - 2, i -> channels#(i + 1)),
            "model" => hidden -> networkOverPlaces(matrices,
                join({first channels}, hidden, {last channels}), f, o)}))

lightningAttention = method(TypicalValue => NeuralModel, Options => {Layers => 1, Heads => 1,
        CoefficientRing => QQ})
lightningAttention(ZZ, ZZ, ZZ, ZZ) := o -> (d, a, out, t) -> (
    checkCounts({d, a, out, t, o.Layers, o.Heads}, "all numbers of an attention model");
    checkField(k := o.CoefficientRing);
    made := append(toList(o.Layers - 1 : d), out);
    count := (n, noun) -> toString n | " " | noun | (if n == 1 then "" else "s");
    fromNumbers := (rows, heads) -> attentionModel(k, d, rows, heads, made, t,
        count(o.Layers, "layer") | " of lightning self-attention of " | count(t, "token")
        | " with " | toString d | (if d == 1 then " entry, " else " entries, ")
        | (if o.Heads == 1 then "a head" else count(o.Heads, "head")) | " of width " | toString a
        | " and " | count(out, "output"),
        "lightningAttention(" | demark(", ", apply({d, a, out, t}, toString))
        | optionText {("Layers", o.Layers, 1), ("Heads", o.Heads, 1), ("CoefficientRing", k, QQ)}
        | ")");
    fromNumbers(toList(o.Layers : a), toList(o.Layers : o.Heads)))

-- Any numbers of rows and of heads, for each layer.
attentionModel = (k, d, rows, heads, made, t, phrase, text) -> composedModel(k,
    apply(#made, i -> attentionLayer(d, rows#i, made#i, t, heads#i)), d * t, phrase, text,
    hashTable {
        "units" => apply(#made, i -> if heads#i > 1 then heads#i else rows#i),
        "model" => units -> attentionModel(k, d,
            apply(#made, i -> if heads#i > 1 then rows#i else units#i),
            apply(#made, i -> if heads#i > 1 then units#i else 1), made, t,
            "lightning self-attention of size " | demark(", ", apply(units, toString)), null)})

neuralModel = method(TypicalValue => NeuralModel)
neuralModel RingMap := phi -> (
    checkParametrization phi;
    new NeuralModel from {
        "coefficient ring" => coefficientRing target phi,
        "description" => "model given by its parametrization",
        "text" => null,
        cache => new CacheTable from {"parametrization" => phi}})
neuralModel(Matrix, List) := (F, inputs) -> (
    P := ring F;
    if numrows F != 1 or not instance(P, PolynomialRing) or not isCommutative P
    or not isField coefficientRing P then
    error "expected a matrix with one row, over a polynomial ring over a field";
    if #inputs == 0 or #(unique inputs) < #inputs or not all(inputs, x -> member(x, gens P)) then
    error "expected a list of distinct variables of the polynomial ring, the inputs";
    if #inputs == numgens P then error "expected a polynomial ring that has parameters besides";
    new NeuralModel from {
        "coefficient ring" => coefficientRing P,
        "functions" => F,
        "inputs" => inputs,
        "number of inputs" => #inputs,
        "description" => "model given by polynomials in parameters and inputs",
        "text" => "neuralModel(" | toString F | ", " | toString inputs | ")",
        cache => new CacheTable})

-- The parametrization ------------------------------------------------------------

parameterRing = (cacheValue "parameter ring") (M -> (
        if M#?"functions" then M#"coefficient ring" (monoid [apply(select(
                        gens ring M#"functions", v -> not member(v, M#"inputs")), baseName)])
        else if M#?"layers" then (
            w := getSymbol "w";
            M#"coefficient ring" (monoid [w_0 .. w_(sum(M#"layers", parameterCount) - 1)]))
        else target M.cache#"parametrization"))

-- For each output, the polynomial in inputs and parameters, and the degrees in the inputs that
-- may occur, descending; with the inputs, and the map from their ring to that of the parameters.
expand = M -> (
    k := M#"coefficient ring";
    m := M#"number of inputs";
    W := parameterRing M;
    if M#?"functions" then (
        P := ring M#"functions";
        parameters := select(gens P, v -> not member(v, M#"inputs"));
        images := hashTable apply(parameters, gens W, (v, w) -> v => w);
        inputsLast := apply(gens P, v -> position(M#"inputs", u -> u === v));
        outputs := first entries M#"functions";
        return (outputs, apply(outputs, f -> rsort unique apply(exponents f, e ->
                    sum(#e, i -> if inputsLast#i === null then 0 else e#i))), M#"inputs",
            map(W, P, apply(gens P, v -> if images#?v then images#v else 0_W))));
    (x, w) := (local x, local w);
    P = k(monoid [x_0 .. x_(m - 1), w_0 .. w_(numgens W - 1)]);
    outputs = composeLayers(M#"layers", drop(gens P, m), take(gens P, m));
    allowed := rsort fold((D, layer) -> layer#"degrees" D, {1}, M#"layers");
    (outputs, toList(#outputs : allowed), take(gens P, m),
        map(W, P, join(toList(m : 0_W), gens W))))

expandOnce = M -> if M.cache#?"parametrization" then M.cache#"parametrization" else (
    (outputs, allowed, inputs, toParameters) := expand M;
    m := #inputs;
    P := source toParameters;
    places := apply(inputs, index);
    coordinates := flatten apply(#outputs, j -> flatten apply(allowed#j, d ->
            apply(exponentsOfDegree(m, d), e -> (j, e))));
    tables := apply(outputs, f -> (
            (monomials, C) := coefficients(matrix {{f}}, Variables => inputs);
            new HashTable from apply(first entries monomials, flatten entries C, (t, c) ->
                (first exponents t)_places => toParameters c)));
    z := getSymbol "z";
    x := getSymbol "x";
    V := M#"coefficient ring" (monoid [z_0 .. z_(#coordinates - 1)]);
    X := M#"coefficient ring" (monoid [if M#?"functions" then apply(inputs, baseName)
            else x_0 .. x_(m - 1)]);
    M.cache#"coordinates" = apply(coordinates, (j, e) -> (j, X_e));
    M.cache#"parametrization" = map(target toParameters, V, apply(coordinates, (j, e) ->
            if tables#j#?e then tables#j#e else 0_(target toParameters))))

parametrization = method(TypicalValue => RingMap)
parametrization NeuralModel := M -> expandOnce M

coordinateMonomials = method(TypicalValue => List)
coordinateMonomials NeuralModel := M -> (
    expandOnce M;
    if not M.cache#?"coordinates" then
    error "expected a model with inputs, not one that is given by its parametrization";
    M.cache#"coordinates")

-- Methods for parametrizations hold for models.
imageDimension NeuralModel := M -> (
    if M#?"layers" and coefficientRing M === QQ
    then rankOfDerivatives(M#"layers", M#"number of inputs", ZZ/largePrime)
    else imageDimension parametrization M)
neurovariety NeuralModel := o -> M -> neurovariety(parametrization M, o)
graphGroebnerBasis NeuralModel := M -> graphGroebnerBasis parametrization M
neurovarietyReport NeuralModel := o -> M -> neurovarietyReport(parametrization M, o)
fiberIdeal(NeuralModel, List) := (M, w) -> fiberIdeal(parametrization M, w)
criticalLocus NeuralModel := M -> criticalLocus parametrization M
conservationLaws(NeuralModel, ZZ) := (M, d) -> conservationLaws(parametrization M, d)
conservationLaws NeuralModel := M -> conservationLaws(M, 2)
coefficientRing NeuralModel := M -> M#"coefficient ring"

-- Printing -----------------------------------------------------------------------

sizeOf = M -> numgens parameterRing M

article = phrase -> (
    if match("^[0-9]|^lightning", phrase) then phrase
    else (if match("^[aeiou]", phrase) then "an " else "a ") | phrase)

parametersOf = M -> (
    N := sizeOf M;
    toString N | (if N == 1 then " parameter" else " parameters")
    | (if char coefficientRing M == 0 then "" else " over " | toString coefficientRing M))

net NeuralModel := M -> article M#"description" | ": " | parametersOf M
toString NeuralModel := M -> if M#"text" === null then net M else M#"text"
toExternalString NeuralModel := M -> (
    if M#"text" === null or M#?"functions" then
    error "expected a model of a family; the rings of other models have no external text";
    M#"text")
expression NeuralModel := M -> toString net M
texMath NeuralModel := M -> texMath toString net M

describe NeuralModel := M -> (
    phi := parametrization M;
    show := f -> toString f;
    lines' := {net M, "parameters: " | demark(", ", apply(gens target phi, show))};
    if M.cache#?"coordinates" and #M.cache#"coordinates" > 0 then (
        (inputs, outputs) := (gens ring last first M.cache#"coordinates",
            1 + max apply(M.cache#"coordinates", first));
        lines' = join(lines', {"inputs: " | demark(", ", apply(inputs, show))},
            apply(gens source phi, M.cache#"coordinates", (v, c) ->
                show v | " = coefficient of " | show last c | (if outputs == 1 then ""
                    else " in output " | toString first c))))
    else lines' = append(lines', "coordinates: " | demark(", ", apply(gens source phi, show)));
    stack lines')
