//! The name of a number of a score as an argument.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use emberlab_config::ScoreName;

/// Parses the name of the loss or of a metric.
pub fn score_name() -> impl TypedValueParser<Value = ScoreName> {
    let names = PossibleValuesParser::new(ScoreName::all().map(ScoreName::name));
    names.try_map(|name| ScoreName::named(&name).ok_or("not a metric"))
}
