//! The official Cedar engine on the stores of cedar_workloads: decisions compared, then timed.
//!
//! Reads lines from standard input: a first one {"workload","n","policies"}, then one per store,
//! {"entities","requests"}, each request with our "decision" and "reason". All is parsed before the
//! clock starts; what is timed is Authorizer::is_authorized alone, as for the C engine.
//! Prints {"compared","different","median","p99","mean"}, times in nanoseconds.

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::time::Instant;

fn uid(v: &Value) -> EntityUid {
    EntityUid::from_json(v.clone()).expect("an entity")
}

fn request(v: &Value) -> Request {
    Request::new(uid(&v["principal"]), uid(&v["action"]), uid(&v["resource"]), Context::empty(), None)
        .expect("a request")
}

/// Whether the engine decides as the line says, with the same determining policies.
fn agrees(engine: &Authorizer, q: &Request, set: &PolicySet, es: &Entities, ours: &Value) -> bool {
    let answer = engine.is_authorized(q, set, es);
    let theirs: BTreeSet<String> = answer.diagnostics().reason().map(|id| id.to_string()).collect();
    let reasons = ours["reason"].as_array().expect("reasons");
    let mine: BTreeSet<String> = reasons.iter().map(|r| r.as_str().expect("an id").to_owned()).collect();

    (answer.decision() == Decision::Allow) == (ours["decision"] == "allow")
        && theirs == mine
        && answer.diagnostics().errors().count() == 0
}

fn main() {
    let mut lines = std::io::stdin().lock().lines().map(|l| l.expect("a line"));
    let head: Value = serde_json::from_str(&lines.next().expect("a head")).expect("JSON");
    let set: PolicySet = head["policies"].as_str().expect("a text").parse().expect("policies");
    let engine = Authorizer::new();
    let (mut times, mut different) = (Vec::new(), 0usize);

    for line in lines {
        let store: Value = serde_json::from_str(&line).expect("JSON");
        let es = Entities::from_json_value(store["entities"].clone(), None).expect("entities");
        let all = store["requests"].as_array().expect("requests");
        let parsed: Vec<Request> = all.iter().map(request).collect();

        different += all.iter().zip(&parsed).filter(|(v, q)| !agrees(&engine, q, &set, &es, v)).count();
        for q in &parsed {
            let start = Instant::now();
            let answer = engine.is_authorized(q, &set, &es);
            let took = start.elapsed().as_nanos() as u64;
            std::hint::black_box(answer);
            times.push(took);
        }
    }
    times.sort_unstable();
    let mean = times.iter().sum::<u64>() / times.len().max(1) as u64;
    println!(
        "{{\"compared\":{},\"different\":{different},\"median\":{},\"p99\":{},\"mean\":{mean}}}",
        times.len(),
        times[times.len() / 2],
        times[times.len() * 99 / 100]
    );
}
