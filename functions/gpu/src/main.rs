//! The detector's rules replaced by a network that the host runs, on its GPU: events by line in a file, or on
//! standard input, scores by line on standard output. The host knows the network by name (WasmEdge: `--nn-preload detector:PyTorch:GPU:detector.pt`).
//!
//! Never run on a GPU; see docs/functions.md.
use serde_json::{json, Value};
use std::fs::File;
use std::io::{stdin, stdout, BufRead, BufReader, Write};
use wasi_nn::{ExecutionTarget, Graph, GraphBuilder, GraphEncoding, TensorType};

const NETWORK: &str = "detector";
/// Confidence, and left, top, width and height of the box.
const FEATURES: usize = 5;

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    // Once per instance: the host has loaded the network already.
    let network = GraphBuilder::new(GraphEncoding::Pytorch, ExecutionTarget::GPU).build_from_cache(NETWORK)?;
    let input: Box<dyn BufRead> = match std::env::args_os().nth(1) {
        Some(file) => Box::new(BufReader::new(File::open(file)?)),
        None => Box::new(stdin().lock()),
    };
    let mut output = stdout().lock();
    for line in input.lines() {
        let event: Value = serde_json::from_str(&line?)?;
        let scores = infer(&network, &features(&event).ok_or("not a camera's event")?)?;
        writeln!(output, "{}", json!({ "id": event["id"], "scores": scores }))?;
        output.flush()?;
    }
    Ok(())
}

/// One row for every detection.
fn features(event: &Value) -> Option<Vec<f32>> {
    let mut all = Vec::new();
    for seen in event["detections"].as_array()? {
        all.push(seen["confidence"].as_f64()? as f32);
        let sides = seen["box"].as_array().filter(|sides| sides.len() == FEATURES - 1)?;
        for side in sides {
            all.push(side.as_f64()? as f32);
        }
    }
    Some(all)
}

/// A frame's detections are one batch: a score for each.
fn infer(network: &Graph, features: &[f32]) -> Result<Vec<f32>, Fault> {
    let count = features.len() / FEATURES;
    let mut scores = vec![0.0; count];
    if count > 0 {
        let mut inference = network.init_execution_context()?;
        inference.set_input(0, TensorType::F32, &[count, FEATURES], features)?;
        inference.compute()?;
        inference.get_output(0, &mut scores)?;
    }
    Ok(scores)
}
