//! A camera's event, read from JSON: the pipeline's own shape, or a CloudEvent in structured mode around it.
use alloc::{format, string::String, string::ToString, vec::Vec};
use serde_json::{Map, Value};

/// More detections than this are no frame.
const DETECTIONS_MAX: usize = 1000;
const WORK_SECONDS_MAX: f64 = 3600.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Label {
    Face,
    Person,
}

/// Something seen in a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    pub label: Label,
    /// In [0, 1].
    pub confidence: f64,
    /// Left, top, width and height, in shares of the frame.
    pub area: [f64; 4],
}

/// One frame's detections.
#[derive(Debug, PartialEq)]
pub struct Event {
    pub id: String,
    pub device: String,
    pub detections: Vec<Detection>,
    /// The longest time that a track of this frame has been in sight, as the aggregator tells; 0 where it does not.
    pub longest_dwell: f64,
    /// What the inference is to cost.
    pub work_seconds: f64,
}

impl Event {
    /// Reads an event; otherwise names what is at fault, the first in the order of the fields.
    pub fn read(bytes: &[u8]) -> Result<Event, String> {
        let Ok(Value::Object(document)) = serde_json::from_slice(bytes) else { return Err("JSON".into()) };
        let event = match (document.get("specversion"), document.get("data")) {
            (Some(Value::String(_)), Some(Value::Object(data))) => data,
            (Some(Value::String(_)), _) => return Err("data".into()),
            _ => &document,
        };
        let id = text(event, "id").filter(|id| !id.is_empty()).ok_or("id")?;
        let device = text(event, "device").filter(|device| !device.is_empty()).ok_or("device")?;
        number(event, "frameSeconds", f64::MAX).ok_or("frameSeconds")?;
        let work_seconds = number(event, "workSeconds", WORK_SECONDS_MAX).ok_or("workSeconds")?;
        let listed = event.get("detections").and_then(Value::as_array);
        let listed = listed.filter(|listed| listed.len() <= DETECTIONS_MAX).ok_or("detections")?;
        let mut detections = Vec::with_capacity(listed.len());
        for (at, value) in listed.iter().enumerate() {
            detections.push(detection(value).ok_or_else(|| format!("detections[{at}]"))?);
        }
        let longest_dwell = longest_dwell(event).ok_or("dwellSeconds")?;
        Ok(Event { id: id.to_string(), device: device.to_string(), detections, longest_dwell, work_seconds })
    }

    /// A number that every bit of every detection goes into: where the work's chain begins.
    pub fn fingerprint(&self) -> u64 {
        let numbers = self.detections.iter().flat_map(|seen| [seen.confidence].into_iter().chain(seen.area));
        numbers.fold(work::START, |state, number| work::round(state ^ number.to_bits()))
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// A number in [0, `most`].
fn number(object: &Map<String, Value>, name: &str, most: f64) -> Option<f64> {
    share(object.get(name)?, most)
}

fn share(value: &Value, most: f64) -> Option<f64> {
    // Without the sign of a zero, which some readers of JSON drop.
    value.as_f64().map(|number| number + 0.0).filter(|number| (0.0..=most).contains(number))
}

fn detection(value: &Value) -> Option<Detection> {
    let seen = value.as_object()?;
    let label = match text(seen, "label")? {
        "face" => Label::Face,
        "person" => Label::Person,
        _ => return None,
    };
    let confidence = number(seen, "confidence", 1.0)?;
    let sides = seen.get("box")?.as_array()?;
    text(seen, "track")?;
    let mut area = [0.0; 4];
    if sides.len() != area.len() {
        return None;
    }
    for (side, value) in area.iter_mut().zip(sides) {
        *side = share(value, 1.0)?;
    }
    Some(Detection { label, confidence, area })
}

fn longest_dwell(event: &Map<String, Value>) -> Option<f64> {
    let Some(dwells) = event.get("dwellSeconds") else { return Some(0.0) };
    let mut longest = 0.0;
    for dwell in dwells.as_object()?.values() {
        longest = f64::max(longest, share(dwell, f64::MAX)?);
    }
    Some(longest)
}
