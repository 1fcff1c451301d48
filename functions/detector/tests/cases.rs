//! Every implementation passes the cases of `cases.json`; this holds the library itself to them.
use serde_json::Value;

#[test]
fn passes_the_common_cases() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../cases.json")).unwrap();
    for case in &cases {
        let event = match &case["event"] {
            Value::String(text) => text.clone(),
            event => event.to_string(),
        };
        let answer = detector::answer(event.as_bytes(), None);
        let said: Value = serde_json::from_slice(&answer.json).unwrap();
        assert_eq!(said, case["answer"], "{}", case["name"]);
        assert_eq!(answer.accepted, case["answer"]["error"].is_null());
    }
}

#[test]
fn a_shell_may_say_how_much_work_it_is() {
    let event = br#"{"id":"e","device":"c","frameSeconds":0,"workSeconds":1,"detections":[]}"#;
    let answer = detector::answer(event, Some(10));
    assert_eq!(answer.checksum, work::run(10, work::START));
    let said: Value = serde_json::from_slice(&answer.json).unwrap();
    assert_eq!(said["rounds"], 10);
}
