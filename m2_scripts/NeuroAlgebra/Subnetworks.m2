-- Subnetworks: networks of the same family with fewer units, and how their parameters embed.

export { "subnetworks" }

-- The arrays of parameters of each layer that has some.
arraysOf = M -> select(apply(M#"layers", layer -> layer#"shapes"), shapes -> #shapes > 0)

-- Sends a parameter of the network to that at the same place of the smaller one, whose arrays are
-- inside those of the network, at given offsets or in the corner; the others are sent to zero.
embedding = (M, S, offsets) -> (
    (W, U) := (parameterRing M, parameterRing S);
    start := 0;
    images := flatten apply(#(arraysOf M), l -> (
            (big, small) := ((arraysOf M)#l, (arraysOf S)#l);
            flatten apply(#big, i -> (
                    if i >= #small then return toList(product big#i : 0_U);
                    offset := if offsets === null then toList(#(big#i) : 0) else offsets#l;
                    first' := start;
                    start = start + product small#i;
                    apply(indicesOf big#i, k -> (
                            k = k - offset;
                            if all(#k, a -> 0 <= k#a and k#a < small#i#a)
                            then U_(first' + place(k, small#i)) else 0_U))))));
    map(U, W, images))

asSubnetwork = (M, S, offsets) -> hashTable {"model" => S, "embedding" => embedding(M, S, offsets)}

-- All numbers from 1 to those of a list, the last one moving first.
smallerNumbers = units -> apply(indicesOf units, k -> apply(k, i -> i + 1))

byUnits = M -> (
    (units, model) := (M#"smaller"#"units", M#"smaller"#"model");
    apply(drop(smallerNumbers units, -1), numbers ->
        asSubnetwork(M, model numbers, null)))

-- Shorter filters inside those of a network with one channel, gathered by their sizes and by where
-- the first input is that they read: others at the same place have the same functions.
byWindows = M -> (
    sizes := M#"smaller"#"filters";
    strides := M#"smaller"#"strides";
    axes := #(first sizes);
    choices := apply(flatten sizes, n -> flatten apply(n, k -> apply(n - k, o -> (k + 1, o))));
    seen := new MutableHashTable;
    found := {};
    scan(indicesOf apply(choices, length), index -> (
            windows := apply(choices, index, (c, i) -> c#i);
            lengths := pack(axes, apply(windows, first));
            offsets := pack(axes, apply(windows, last));
            stride := toList(axes : 1);
            corner := toList(axes : 0);
            scan(offsets, strides, (o, s) -> (
                    corner = corner + apply(axes, a -> o#a * stride#a);
                    stride = apply(axes, a -> stride#a * s#a)));
            if lengths != sizes and not seen#?(lengths, corner) then (
                seen#(lengths, corner) = true;
                found = append(found, (lengths, offsets)))));
    apply(found, (lengths, offsets) -> asSubnetwork(M, M#"smaller"#"with filters" lengths,
            apply(offsets, o -> join({0, 0}, o)))))

subnetworks = method(TypicalValue => List)
subnetworks NeuralModel := M -> (
    if not M#?"smaller" then error "expected a model of a family, whose units are known";
    found := if M#"smaller"#?"filters" and M#"smaller"#"filters" =!= null then byWindows M
        else byUnits M;
    sortedBy(H -> - numgens target H#"embedding", found))
subnetworks NeuroManifold := M -> subnetworks M#"model"
