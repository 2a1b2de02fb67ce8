//! The losses that the notebook printed. It set no seed.

use crate::error::Error;

/// The table of losses; a comment at its start names the source.
const PUBLISHED: &str = include_str!("published.csv");

/// The notebook's losses of an experiment, from the first epoch on; empty if it printed none.
///
/// # Errors
///
/// [`Error::Published`] if the embedded table is invalid.
pub fn published(experiment: &str) -> Result<Vec<f64>, Error> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(PUBLISHED.as_bytes());
    let mut losses = Vec::new();
    for row in reader.deserialize() {
        let (name, epoch, loss): (String, usize, f64) =
            row.map_err(|error| Error::Published(error.to_string()))?;
        if name == experiment {
            losses.push(loss);
            if epoch != losses.len() {
                return Err(Error::Published(format!("has epoch {epoch} of `{name}` in the wrong place")));
            }
        }
    }
    Ok(losses)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_notebook_printed_a_hundred_losses_and_eighty_seven() {
        let linear = published("cifar10-linear").unwrap();
        assert_eq!((linear.len(), linear[0], linear[99]), (100, 2.3399, 1.9214));
        let mlp = published("cifar10-mlp").unwrap();
        assert_eq!((mlp.len(), mlp[0], mlp[86]), (87, 2.3033978156876955, 2.2893505111122074));
        assert!(published("synthetic-softmax").unwrap().is_empty());
    }
}
