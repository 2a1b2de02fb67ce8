//! The keys of `source = "synthetic"`, named as scikit-learn's `make_classification` names them.

use super::key::key;
use super::rule::{Rule, count, flag, list, real, word};
use super::section::Section;
use super::source::Source;
use super::split::split_keys;
use emberlab_data::{ColumnValue, MakeClassification, Synthetic};

pub(super) fn keys(section: &mut Section<'_>, written: Option<&Source>) -> Source {
    let (set, set_split) = match written {
        Some(Source::Synthetic(Synthetic { classification, split })) => (Some(classification), Some(*split)),
        _ => (None, None),
    };
    let classification = classification_keys(section, set);
    let split = split_keys(section, set_split);
    let size_problem = split.sizes(classification.n_samples).err();
    for problem in classification.problems().into_iter().chain(size_problem) {
        section.problem(problem.name, format!("is {}, must be {}", problem.value, problem.allowed));
    }
    Source::Synthetic(Synthetic { classification, split })
}

fn classification_keys(section: &mut Section<'_>, set: Option<&MakeClassification>) -> MakeClassification {
    let default = MakeClassification::default();
    let mut number =
        |name, low, about, default, set| section.value(key(name, count(low), about), default, set);
    let n_samples =
        number("n_samples", 1, "number of samples", default.n_samples, set.map(|set| set.n_samples));
    let n_features =
        number("n_features", 1, "number of features", default.n_features, set.map(|set| set.n_features));
    let about = "number of features that tell the classes apart";
    let n_informative =
        number("n_informative", 1, about, default.n_informative, set.map(|set| set.n_informative));
    let about = "number of random linear combinations of the informative features";
    let n_redundant = number("n_redundant", 0, about, default.n_redundant, set.map(|set| set.n_redundant));
    let about = "number of copies of informative and redundant features";
    let n_repeated = number("n_repeated", 0, about, default.n_repeated, set.map(|set| set.n_repeated));
    let n_classes =
        number("n_classes", 2, "number of classes", default.n_classes, set.map(|set| set.n_classes));
    let about = "number of clusters of each class";
    let n_clusters_per_class = number(
        "n_clusters_per_class",
        1,
        about,
        default.n_clusters_per_class,
        set.map(|set| set.n_clusters_per_class),
    );
    let weights =
        key("weights", list(real(), 1), "share of the samples in each class").default_text("equal shares");
    let weights = section.optional(weights, set.and_then(|set| set.weights.clone()));
    let flip_y = key("flip_y", real(), "share of the samples whose label is drawn at random");
    let flip_y = section.value(flip_y, default.flip_y, set.map(|set| set.flip_y));
    let class_sep = key("class_sep", real(), "distance of the clusters; a larger one makes the task easier");
    let class_sep = section.value(class_sep, default.class_sep, set.map(|set| set.class_sep));
    let about = "put clusters on the corners of a hypercube rather than of a random polytope";
    let hypercube = key("hypercube", flag(), about);
    let hypercube = section.value(hypercube, default.hypercube, set.map(|set| set.hypercube));
    let about = "added to each feature; `random` draws a value for each";
    let shift = key("shift", column_value(), about);
    let shift = section.value(shift, default.shift, set.map(|set| set.shift.clone()));
    let about = "factor of each feature, after `shift`; `random` draws a value for each";
    let scale = key("scale", column_value(), about);
    let scale = section.value(scale, default.scale, set.map(|set| set.scale.clone()));
    let shuffle = key("shuffle", flag(), "shuffle samples and features");
    let shuffle = section.value(shuffle, default.shuffle, set.map(|set| set.shuffle));
    MakeClassification {
        n_samples,
        n_features,
        n_informative,
        n_redundant,
        n_repeated,
        n_classes,
        n_clusters_per_class,
        weights,
        flip_y,
        class_sep,
        hypercube,
        shift,
        scale,
        shuffle,
    }
}

fn column_value<'a>() -> Rule<'a, ColumnValue> {
    let same = real().map(ColumnValue::Same, |value| match value {
        ColumnValue::Same(value) => Some(*value),
        _ => None,
    });
    let per_feature = list(real(), 1).map(ColumnValue::PerFeature, |value| match value {
        ColumnValue::PerFeature(values) => Some(values.clone()),
        _ => None,
    });
    same.or(word(&RANDOM)).or(per_feature)
}

const RANDOM: [(&str, ColumnValue); 1] = [("random", ColumnValue::Random)];
