//! What detections mean: rules over one frame.
use crate::event::{Detection, Event, Label};
use alloc::{format, string::String, vec::Vec};
use serde_json::Value;

/// What is less certain is not looked at.
const PERSON_CONFIDENCE: f64 = 0.6;
const FACE_CONFIDENCE: f64 = 0.7;
/// Two boxes of one label that share more than this of what they cover together are the same thing seen twice.
const SAME_OVERLAP: f64 = 0.5;
/// Persons belong together whose boxes' centres are nearer than this; squared.
const NEAR_SQUARED: f64 = 0.04;
const CROWD: usize = 3;
/// Nobody should stand right of the one and below the other.
const ZONE_LEFT: f64 = 0.7;
const ZONE_TOP: f64 = 0.5;
const LOITERING_SECONDS: f64 = 30.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Urgency {
    None,
    Notice,
    Alarm,
}

/// What one frame means.
#[derive(Debug, PartialEq)]
pub struct Finding {
    pub persons: usize,
    pub faces: usize,
    /// Persons whose face is in sight.
    pub identified: usize,
    pub largest_group: usize,
    pub crowd: bool,
    pub intrusion: bool,
    pub unidentified: bool,
    pub loitering: bool,
}

/// Applies the rules to one frame.
pub fn infer(event: &Event) -> Finding {
    let persons = certain(&event.detections, Label::Person, PERSON_CONFIDENCE);
    let faces = certain(&event.detections, Label::Face, FACE_CONFIDENCE);
    let has_face = |person: &&&Detection| faces.iter().any(|face| contains(person, centre(face)));
    let identified = persons.iter().filter(has_face).count();
    let largest_group = largest_group(&persons);
    Finding {
        persons: persons.len(),
        faces: faces.len(),
        identified,
        largest_group,
        crowd: largest_group >= CROWD,
        intrusion: persons.iter().any(|person| stands_in_zone(person)),
        unidentified: identified < persons.len(),
        loitering: event.longest_dwell >= LOITERING_SECONDS,
    }
}

impl Finding {
    pub fn urgency(&self) -> Urgency {
        if self.intrusion && (self.loitering || self.unidentified) {
            Urgency::Alarm
        } else if self.crowd || self.intrusion || self.unidentified || self.loitering {
            Urgency::Notice
        } else {
            Urgency::None
        }
    }

    pub fn to_json(&self, event: &Event, rounds: u64, checksum: u64) -> String {
        let alerts = [
            (self.crowd, "\"crowd\""),
            (self.intrusion, "\"intrusion\""),
            (self.unidentified, "\"unidentified\""),
            (self.loitering, "\"loitering\""),
        ];
        let alerts: Vec<&str> = alerts.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
        let urgency = match self.urgency() {
            Urgency::None => "none",
            Urgency::Notice => "notice",
            Urgency::Alarm => "alarm",
        };
        format!(
            "{{\"id\":{},\"device\":{},\"persons\":{},\"faces\":{},\"identified\":{},\"largestGroup\":{},\"alerts\":[{}],\"urgency\":\"{urgency}\",\"rounds\":{rounds},\"checksum\":\"{checksum:x}\"}}",
            Value::from(event.id.as_str()),
            Value::from(event.device.as_str()),
            self.persons,
            self.faces,
            self.identified,
            self.largest_group,
            alerts.join(",")
        )
    }
}

/// The detections of a label that are certain enough, the more certain of two that cover each other only.
fn certain(detections: &[Detection], label: Label, confidence: f64) -> Vec<&Detection> {
    let mut seen: Vec<&Detection> =
        detections.iter().filter(|seen| seen.label == label && seen.confidence >= confidence).collect();
    // A stable sort: of two as certain the first in the list stays.
    seen.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut kept: Vec<&Detection> = Vec::with_capacity(seen.len());
    for candidate in seen {
        if kept.iter().all(|other| overlap(candidate, other) <= SAME_OVERLAP) {
            kept.push(candidate);
        }
    }
    kept
}

/// The share of what two boxes cover together that both cover; 0 for boxes without area.
fn overlap(a: &Detection, b: &Detection) -> f64 {
    let side = |at: usize| {
        let end = f64::min(a.area[at] + a.area[at + 2], b.area[at] + b.area[at + 2]);
        f64::max(end - f64::max(a.area[at], b.area[at]), 0.0)
    };
    let both = side(0) * side(1);
    let either = a.area[2] * a.area[3] + b.area[2] * b.area[3] - both;
    if either > 0.0 {
        both / either
    } else {
        0.0
    }
}

fn centre(seen: &Detection) -> (f64, f64) {
    (seen.area[0] + seen.area[2] / 2.0, seen.area[1] + seen.area[3] / 2.0)
}

fn contains(outer: &Detection, (x, y): (f64, f64)) -> bool {
    let [left, top, width, height] = outer.area;
    x >= left && x <= left + width && y >= top && y <= top + height
}

fn stands_in_zone(person: &Detection) -> bool {
    let [left, top, width, height] = person.area;
    left + width / 2.0 >= ZONE_LEFT && top + height >= ZONE_TOP
}

/// The most persons of whom each is near to another of the group.
fn largest_group(persons: &[&Detection]) -> usize {
    let mut waiting: Vec<(f64, f64)> = persons.iter().map(|person| centre(person)).collect();
    let mut largest = 0;
    while let Some(first) = waiting.pop() {
        let mut group = alloc::vec![first];
        let mut next = 0;
        while next < group.len() {
            let (x, y) = group[next];
            let mut at = 0;
            while at < waiting.len() {
                let (dx, dy) = (waiting[at].0 - x, waiting[at].1 - y);
                if dx * dx + dy * dy < NEAR_SQUARED {
                    group.push(waiting.swap_remove(at));
                } else {
                    at += 1;
                }
            }
            next += 1;
        }
        largest = largest.max(group.len());
    }
    largest
}
