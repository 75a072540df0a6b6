"""Training and ONNX export of the SpecPrune Playground's policies."""
