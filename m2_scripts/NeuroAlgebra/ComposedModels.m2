-- Models whose layers are sums, products and chains of layers.

export { "autoencoder", "gatedNetwork", "lowRankAdaptation", "mixtureOfExperts",
    "polynomialNetwork", "residualNetwork", "Base", "Gate", "Hidden", "InputWidth", "LastGated",
    "Nested", "OutputWidth", "Tied" }

-- Input --------------------------------------------------------------------------

checkWidths = widths -> (
    checkCounts(widths, "widths");
    if #widths < 2 then error "expected at least two widths, of inputs and outputs")

checkTruths = L -> scan(L, (name, value) ->
    if not instance(value, Boolean) then error("expected ", name, " to be true or false"))

oneActivation = (k, f) -> (checkField k; activationCoefficients(k, f))

-- A layer, with the activation after it.
activated = (layer, c) -> if isLinear c then {layer} else {layer, activationLayer c}
asLayer = layers -> if #layers == 1 then first layers else chainLayer layers

-- The text of a function with options; activations that do nothing are left out.
callText = (name, arguments, c, options') -> concatenate(name, "(",
    demark(", ", join(apply(arguments, toString), if isLinear c then {} else
            {"x -> " | activationText c})),
    optionText options', ")")

ofActivation = c -> if isLinear c then "" else " with activation " | activationText c

counted = (n, noun) -> toString n | " " | noun | (if n == 1 then "" else "s")

widthsText = widths -> demark(", ", apply(widths, toString))

-- Families -----------------------------------------------------------------------

residualNetwork = method(TypicalValue => NeuralModel, Options => {InputWidth => null,
        OutputWidth => null, Bias => false, CoefficientRing => QQ})
residualNetwork(ZZ, List) := o -> (width', hidden) -> residualNetwork(width', hidden, x -> x, o)
residualNetwork(ZZ, List, Function) := o -> (width', hidden, f) -> (
    checkCounts({width'}, "the width");
    checkCounts(hidden, "numbers of hidden units, one for each block");
    scan({("InputWidth", o.InputWidth), ("OutputWidth", o.OutputWidth)}, (name, value) ->
        if value =!= null then checkCounts({value}, name));
    checkTruths {("Bias", o.Bias)};
    k := o.CoefficientRing;
    c := oneActivation(k, f);
    layers := join(
        if o.InputWidth === null then {} else {denseLayer(o.InputWidth, width', o.Bias)},
        apply(hidden, h -> skipLayer append(activated(denseLayer(width', h, o.Bias), c),
                denseLayer(h, width', o.Bias))),
        if o.OutputWidth === null then {} else {denseLayer(width', o.OutputWidth, o.Bias)});
    composedModel(k, layers, if o.InputWidth === null then width' else o.InputWidth,
        "residual network of width " | toString width' | " with blocks of "
        | widthsText hidden | " hidden units" | ofActivation c | (if o.Bias then " and biases" else ""),
        callText("residualNetwork", {width', hidden}, c, {("InputWidth", o.InputWidth, null),
                ("OutputWidth", o.OutputWidth, null), ("Bias", o.Bias, false),
                ("CoefficientRing", k, QQ)}),
        hashTable {
            "units" => hidden,
            "model" => fewer -> residualNetwork(width', fewer, f, o)}))

gatedNetwork = method(TypicalValue => NeuralModel, Options => {Bias => false, LastGated => false,
        CoefficientRing => QQ})
gatedNetwork List := o -> widths -> gatedNetwork(widths, x -> x, o)
gatedNetwork(List, Function) := o -> (widths, f) -> (
    checkWidths widths;
    checkTruths {("Bias", o.Bias), ("LastGated", o.LastGated)};
    k := o.CoefficientRing;
    c := oneActivation(k, f);
    dense := i -> denseLayer(widths#i, widths#(i + 1), o.Bias);
    composedModel(k, apply(#widths - 1, i -> if i == #widths - 2 and not o.LastGated then dense i
            else productLayer {dense i, asLayer activated(dense i, c)}), first widths,
        "gated network of widths " | widthsText widths | ofActivation c
        | (if o.LastGated then ", with gates in the last layer" else "")
        | (if o.Bias then " and biases" else ""),
        callText("gatedNetwork", {widths}, c, {("Bias", o.Bias, false),
                ("LastGated", o.LastGated, false), ("CoefficientRing", k, QQ)}),
        hashTable {
            "units" => drop(drop(widths, 1), -1),
            "model" => hidden -> gatedNetwork(join({first widths}, hidden, {last widths}), f, o)}))

mixtureOfExperts = method(TypicalValue => NeuralModel, Options => {Hidden => null,
        Gate => (x -> x), Bias => false, CoefficientRing => QQ})
mixtureOfExperts(ZZ, ZZ, ZZ) := o -> (inputs, outputs, number) ->
mixtureOfExperts(inputs, outputs, number, x -> x, o)
mixtureOfExperts(ZZ, ZZ, ZZ, Function) := o -> (inputs, outputs, number, f) -> (
    checkCounts({inputs, outputs, number}, "inputs, outputs and experts");
    if o.Hidden =!= null then checkCounts({o.Hidden}, "Hidden");
    checkTruths {("Bias", o.Bias)};
    k := o.CoefficientRing;
    c := oneActivation(k, f);
    if o.Hidden === null and not isLinear c then
    error "expected Hidden, the width of the hidden layer of an expert with an activation";
    gate := oneActivation(k, o.Gate);
    expert := if o.Hidden === null then {denseLayer(inputs, outputs, o.Bias)}
    else append(activated(denseLayer(inputs, o.Hidden, o.Bias), c),
        denseLayer(o.Hidden, outputs, o.Bias));
    chosen := productLayer {chainLayer append(activated(denseLayer(inputs, 1, o.Bias), gate),
            spreadLayer outputs), asLayer expert};
    composedModel(k, {sumLayer toList(number : chosen)}, inputs,
        "mixture of " | counted(number, "expert") | " with " | counted(inputs, "input") | ", "
        | (if o.Hidden === null then "" else counted(o.Hidden, "hidden unit") | ", ")
        | counted(outputs, "output") | ofActivation c
        | (if isLinear gate then "" else ", gates " | activationText gate)
        | (if o.Bias then ", biases" else ""),
        callText("mixtureOfExperts", {inputs, outputs, number}, c, {("Hidden", o.Hidden, null),
                ("Gate", if isLinear gate then null else "(x -> " | activationText gate | ")", null),
                ("Bias", o.Bias, false), ("CoefficientRing", k, QQ)}),
        hashTable {
            "units" => if o.Hidden === null then {} else {o.Hidden},
            "model" => hidden -> mixtureOfExperts(inputs, outputs, number, f, o,
                Hidden => if #hidden == 0 then null else first hidden)}))

autoencoder = method(TypicalValue => NeuralModel, Options => {Bias => false, Tied => false,
        CoefficientRing => QQ})
autoencoder List := o -> widths -> autoencoder(widths, x -> x, o)
autoencoder(List, Function) := o -> (widths, f) -> (
    checkWidths widths;
    checkTruths {("Bias", o.Bias), ("Tied", o.Tied)};
    k := o.CoefficientRing;
    if not o.Tied then return mlp(join(widths, drop(reverse widths, 1)), f, Bias => o.Bias,
        CoefficientRing => k);
    c := oneActivation(k, f);
    composedModel(k, {tiedLayer(widths, c, o.Bias)}, first widths,
        "tied autoencoder of widths " | widthsText widths | ofActivation c
        | (if o.Bias then " and biases" else ""),
        callText("autoencoder", {widths}, c, {("Bias", o.Bias, false), ("Tied", true, false),
                ("CoefficientRing", k, QQ)}),
        hashTable {
            "units" => drop(widths, 1),
            "model" => fewer -> autoencoder(prepend(first widths, fewer), f, o)}))

lowRankAdaptation = method(TypicalValue => NeuralModel, Options => {Base => "zero",
        CoefficientRing => QQ})
lowRankAdaptation(List, ZZ) := o -> (widths, r) -> lowRankAdaptation(widths, r, x -> x, o)
lowRankAdaptation(List, ZZ, Function) := o -> (widths, r, f) -> (
    checkWidths widths;
    checkCounts({r}, "the rank");
    k := o.CoefficientRing;
    c := oneActivation(k, f);
    number := #widths - 1;
    shapes := apply(number, i -> (widths#(i + 1), widths#i));
    isBase := instance(o.Base, List) and #o.Base == number and all(number, i ->
        instance(o.Base#i, Matrix) and member(ring o.Base#i, {ZZ, QQ})
        and (numrows o.Base#i, numcols o.Base#i) == shapes#i);
    if not isBase and not member(o.Base, {"zero", "trained"}) then
    error("expected Base to be zero, trained, or a list with a matrix for each layer, of ",
        demark(", ", apply(shapes, (b, a) -> toString b | " rows and " | toString a | " columns")));
    layers := apply(number, i -> (
            update := chainLayer {denseLayer(widths#i, r, false), denseLayer(r, widths#(i + 1), false)};
            if o.Base === "zero" then update
            else if isBase then sumLayer {matrixLayer sub(o.Base#i, k), update}
            else sumLayer {denseLayer(widths#i, widths#(i + 1), false), update}));
    base := if isBase then "{" | demark(", ", apply(o.Base, A -> "matrix " | toString entries A)) | "}"
    else format o.Base;
    composedModel(k, interleave(layers, toList(number - 1 : c)), first widths,
        "low-rank adaptation of rank " | toString r | " with widths " | widthsText widths
        | ofActivation c,
        callText("lowRankAdaptation", {widths, r}, c, {
                ("Base", if o.Base === "zero" then null else base, null), ("CoefficientRing", k, QQ)}),
        hashTable {
            "units" => {r},
            "model" => fewer -> lowRankAdaptation(widths, first fewer, f, o)}))

polynomialNetwork = method(TypicalValue => NeuralModel, Options => {OutputWidth => 1,
        Nested => false, Homogeneous => false, Bias => false, CoefficientRing => QQ})
polynomialNetwork(ZZ, ZZ, ZZ) := o -> (inputs, r, d) -> (
    checkCounts({inputs, r, d, o.OutputWidth}, "inputs, rank, degree and OutputWidth");
    checkTruths {("Nested", o.Nested), ("Homogeneous", o.Homogeneous), ("Bias", o.Bias)};
    checkField(k := o.CoefficientRing);
    composedModel(k, {polynomialLayer(inputs, r, d, o.Nested, o.Homogeneous),
            denseLayer(r, o.OutputWidth, o.Bias)}, inputs,
        (if o.Homogeneous then "homogeneous " else "") | (if o.Nested then "nested " else "")
        | "polynomial network of rank " | toString r | " and degree " | toString d | " with "
        | counted(inputs, "input") | (if o.OutputWidth == 1 then "" else " and "
            | counted(o.OutputWidth, "output")) | (if o.Bias then ", with biases" else ""),
        callText("polynomialNetwork", {inputs, r, d}, {0, 1}, {("OutputWidth", o.OutputWidth, 1),
                ("Nested", o.Nested, false), ("Homogeneous", o.Homogeneous, false),
                ("Bias", o.Bias, false), ("CoefficientRing", k, QQ)}),
        hashTable {
            "units" => {r},
            "model" => fewer -> polynomialNetwork(inputs, first fewer, d, o)}))
