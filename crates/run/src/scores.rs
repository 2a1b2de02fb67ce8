//! The numbers of a score, by name.

use emberlab_config::ScoreName;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// The loss and the metrics of some samples. In JSON it is an object with the loss first. JSON has no NaN and no infinity:
/// both are written as `null`, which reads as NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Mean cross-entropy: of the training part the one that is minimised, of the others the plain one.
    pub loss: f32,
    metrics: Vec<(Cow<'static, str>, f64)>,
}

impl Scores {
    /// A loss and the metrics that were computed with it, in order.
    pub fn new(loss: f32, metrics: impl IntoIterator<Item = (&'static str, f64)>) -> Self {
        let metrics = metrics.into_iter().map(|(name, value)| (Cow::Borrowed(name), value));
        Self { loss, metrics: metrics.collect() }
    }

    /// Each metric with its value, in order. A file of another version may have metrics that are not known here.
    pub fn metrics(&self) -> impl Iterator<Item = (&str, f64)> {
        self.metrics.iter().map(|(name, value)| (&**name, *value))
    }

    /// Each number with its name, the loss first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        std::iter::once((ScoreName::Loss.name(), f64::from(self.loss))).chain(self.metrics())
    }

    /// The number with a name; `None` if the score does not have it.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// Each name that occurs in some scores, in the order in which they come.
pub fn names<'a>(scores: impl IntoIterator<Item = &'a Scores>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (name, _) in scores.into_iter().flat_map(Scores::iter) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A value as it is shown: as the description of its name says, or with six digits where there is no description.
pub fn show(name: &str, value: f64) -> String {
    match ScoreName::named(name) {
        Some(number) => number.description().show(value),
        None => format!("{value:.6}"),
    }
}

impl Serialize for Scores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + self.metrics.len()))?;
        map.serialize_entry(ScoreName::Loss.name(), &self.loss)?;
        for (name, value) in self.metrics() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Scores {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Numbers)
    }
}

struct Numbers;

impl<'de> Visitor<'de> for Numbers {
    type Value = Scores;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("numbers by name")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Scores, M::Error> {
        let (mut loss, mut metrics) = (None, Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            if name == ScoreName::Loss.name() {
                loss = Some(map.next_value::<Option<f32>>()?.unwrap_or(f32::NAN));
            } else {
                let value = map.next_value::<Option<f64>>()?.unwrap_or(f64::NAN);
                metrics.push((Cow::Owned(name), value));
            }
        }
        let loss = loss.ok_or_else(|| M::Error::missing_field(ScoreName::Loss.name()))?;
        Ok(Scores { loss, metrics })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_an_object_in_their_order() {
        let scores = Scores::new(0.1, [("z", 1.0), ("accuracy", 0.1)]);
        let text = serde_json::to_string(&scores).unwrap();
        assert_eq!(text, r#"{"loss":0.1,"z":1.0,"accuracy":0.1}"#);
        assert_eq!(serde_json::from_str::<Scores>(&text).unwrap(), scores);
        assert_eq!(scores.get("loss"), Some(f64::from(0.1_f32)));
        assert_eq!((scores.get("z"), scores.get("y")), (Some(1.0), None));
        assert!(serde_json::from_str::<Scores>(r#"{"accuracy":0.1}"#).is_err());
    }

    #[test]
    fn numbers_that_json_lacks_are_null_and_read_as_nan() {
        let scores = Scores::new(f32::INFINITY, [("a", f64::NAN), ("b", f64::NEG_INFINITY), ("c", 0.5)]);
        let text = serde_json::to_string(&scores).unwrap();
        assert_eq!(text, r#"{"loss":null,"a":null,"b":null,"c":0.5}"#);
        let read = serde_json::from_str::<Scores>(&text).unwrap();
        assert!(read.loss.is_nan());
        assert!(["loss", "a", "b"].iter().all(|name| read.get(name).unwrap().is_nan()));
        assert_eq!((read.get("c"), read.iter().count()), (Some(0.5), 4));
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let shown: Vec<String> = read.iter().map(|(name, value)| show(name, value)).collect();
        assert_eq!(shown, ["NaN", "NaN", "NaN", "0.500000"]);
        assert_eq!(show("accuracy", f64::NAN), "NaN %");
        for text in [r#"{"loss":"NaN"}"#, r#"{"loss":0.5,"a":true}"#, r#"{"a":null}"#] {
            assert!(serde_json::from_str::<Scores>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_come_in_the_order_in_which_they_occur() {
        let scores = [Scores::new(0.1, [("b", 1.0)]), Scores::new(0.1, [("a", 1.0), ("b", 1.0)])];
        assert_eq!(names(&scores), ["loss", "b", "a"]);
        assert_eq!(
            (show("loss", 0.5), show("accuracy", 0.5), show("b", 0.5)),
            ("0.500000".into(), "50.00 %".into(), "0.500000".into())
        );
    }
}
