//! Runs that start from the weights of other programs.

use crate::support::Lab;
#[cfg(unix)]
use crate::support::make_pipe;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

/// A linear classifier of four columns and three classes, which training does not change.
const CONFIG: &str = r#"
name = "linear"
[data]
source = "synthetic"
n_samples = 60
n_features = 4
n_informative = 3
n_redundant = 1
n_classes = 3
[model]
kind = "linear"
init = { from = "weights.safetensors" }
[training]
epochs = 1
[training.optimizer]
learning_rate = 1e-30
"#;

/// Numbers with their bits in half precision and in bfloat16, as `torch.tensor(x).to(dtype)` gives them:
/// >>> torch.tensor([1, -2.5, 1 / 3, 100]).half().view(torch.int16), .bfloat16().view(torch.int16)
const NUMBERS: [(f32, u16, f32, u16); 4] = [
    (1.0, 0x3C00, 1.0, 0x3F80),
    (-2.5, 0xC100, -2.5, 0xC020),
    (0.333_251_95, 0x3555, 0.333_984_38, 0x3EAB),
    (100.0, 0x5640, 100.0, 0x42C8),
];

type Tensor = (String, Dtype, Vec<usize>, Vec<u8>);

/// The weights and biases under names with a prefix, `layer` in place of the layer's own.
fn tensors(prefix: &str, layer: &str, dtype: Dtype) -> Vec<Tensor> {
    let number = |place: usize| {
        let (half, half_bits, brain, brain_bits) = NUMBERS[place % 4];
        match dtype {
            Dtype::F16 => half_bits.to_le_bytes().to_vec(),
            Dtype::BF16 => brain_bits.to_le_bytes().to_vec(),
            Dtype::F64 => f64::from(half).to_le_bytes().to_vec(),
            Dtype::I64 => 7i64.to_le_bytes().to_vec(),
            _ => if layer == "brain" { brain } else { half }.to_le_bytes().to_vec(),
        }
    };
    let bytes = |n: usize| (0..n).flat_map(number).collect::<Vec<u8>>();
    vec![
        (format!("{prefix}{layer}.weight"), dtype, vec![3, 4], bytes(12)),
        (format!("{prefix}{layer}.bias"), dtype, vec![3], bytes(3)),
    ]
}

fn file(tensors: &[Tensor]) -> Vec<u8> {
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).unwrap())
    });
    safetensors::serialize(views.collect::<Vec<_>>(), None).unwrap()
}

/// The weights of the run that starts from a file, and the printed notes.
#[track_caller]
fn trained(content: &[u8]) -> (Vec<f32>, String) {
    trained_by(CONFIG, content)
}

#[track_caller]
fn trained_by(config: &str, content: &[u8]) -> (Vec<f32>, String) {
    let lab = Lab::new();
    lab.write("linear.toml", config).write("weights.safetensors", content);
    let said = lab.emberlab("train linear.toml --dashboard none");
    assert_eq!(said.code, 0, "{}", said.stderr);
    let bytes = lab.bytes("artifacts/linear/model.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let weights = file.tensor("layers.0.weight").unwrap();
    let weights = weights.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    (weights, said.stderr)
}

/// The message for a file that cannot be used.
#[track_caller]
fn refusal(content: &[u8]) -> String {
    let lab = Lab::new();
    lab.write("linear.toml", CONFIG).write("weights.safetensors", content);
    let said = lab.emberlab("train linear.toml --dashboard none");
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(!lab.exists("artifacts"));
    said.stderr.trim_end().strip_prefix("error: `weights.safetensors` ").unwrap().to_owned()
}

#[test]
fn weights_of_any_precision_are_taken() {
    let half: Vec<f32> = (0..12).map(|place| NUMBERS[place % 4].0).collect();
    let brain: Vec<f32> = (0..12).map(|place| NUMBERS[place % 4].2).collect();
    for (dtype, expected) in
        [(Dtype::F32, &half), (Dtype::F64, &half), (Dtype::F16, &half), (Dtype::BF16, &brain)]
    {
        let (weights, told) = trained(&file(&tensors("", "layers.0", dtype)));
        assert_eq!((&weights, told.as_str()), (expected, ""), "{dtype:?}");
    }
    let refusal = refusal(&file(&tensors("", "layers.0", Dtype::I64)));
    assert!(refusal.ends_with("as I64, must be F32, F64, F16 or BF16"), "{refusal}");
}

#[test]
fn a_prefix_before_all_names_is_taken_off_and_told_and_counters_are_passed_over() {
    for prefix in ["module.", "model.", "module.net_1."] {
        let mut tensors = tensors(prefix, "layers.0", Dtype::F32);
        let counter = |name: &str| (name.to_owned(), Dtype::I64, Vec::new(), 12i64.to_le_bytes().to_vec());
        tensors.push(counter(&format!("{prefix}norms.0.num_batches_tracked")));
        tensors.push(counter("num_batches_tracked"));
        let (_, told) = trained(&file(&tensors));
        assert_eq!(
            told,
            format!("warning: `weights.safetensors`: took `{prefix}` off the names of all tensors\n")
        );
    }
}

#[test]
fn a_part_of_the_weights_is_taken_and_the_rest_is_drawn() {
    let config = CONFIG.replace("\" }", "\", partial = true, scheme = \"pytorch\", seed = 3 }");
    let mut tensors = tensors("", "layers.0", Dtype::F32);
    let other = |name: &str, n: usize| (name.to_owned(), Dtype::F32, vec![n], vec![0; 4 * n]);
    tensors[1] = other("layers.0.bias", 2);
    tensors.push(other("layers.1.bias", 3));
    let (weights, told) = trained_by(&config, &file(&tensors));
    assert_eq!(weights, (0..12).map(|place| NUMBERS[place % 4].0).collect::<Vec<_>>());
    let wanted = "warning: `weights.safetensors`: does not fit everywhere: `layers.0.bias` has shape [2], must have [3]; initial \
                  values are kept there\nwarning: `weights.safetensors`: no layer takes `layers.1.bias`\n";
    assert_eq!(told, wanted);
    tensors.remove(0);
    let lab = Lab::new();
    lab.write("linear.toml", config).write("weights.safetensors", file(&tensors));
    let wanted = "error: `weights.safetensors` does not fit the model: it has no tensor of the same name and shape; the file has \
                  `layers.0.bias`, `layers.1.bias`; the model takes `layers.0.bias`, `layers.0.weight`";
    lab.emberlab("train linear.toml --dashboard none").fails(3, wanted);
}

#[test]
fn a_run_goes_on_with_a_head_of_its_own_and_frozen_layers() {
    let lab = Lab::new();
    let mlp = CONFIG.replace(
        "kind = \"linear\"\ninit = { from = \"weights.safetensors\" }",
        "kind = \"mlp\"\nhidden = [6]",
    );
    let base = mlp.replace("1e-30", "0.1").replace("name = \"linear\"", "name = \"base\"");
    lab.write("base.toml", &base).emberlab("train base.toml --dashboard none").succeeds();
    let from = "init = { from = \"artifacts/base/model.safetensors\", partial = true }\n[training]";
    let tuned = base
        .replace("n_classes = 3", "n_classes = 2")
        .replace("\"base\"", "\"tuned\"")
        .replace("[training]\n", &format!("{from}\n"));
    let frozen = "[[training.optimizer.groups]]\nnames = [\"layers.0.*\"]\nfrozen = true\n";
    let said = lab.write("tuned.toml", tuned + frozen).emberlab("train tuned.toml --dashboard none");
    assert_eq!(said.code, 0, "{}", said.stderr);
    for name in ["layers.1.weight", "layers.1.bias"] {
        assert!(said.stderr.contains(&format!("`{name}` has shape [3")), "{}", said.stderr);
    }
    for name in ["layers.0.weight", "layers.0.bias"] {
        assert_eq!(lab.tensor("tuned", name), lab.tensor("base", name), "{name}");
    }
    let (shape, head) = lab.tensor("tuned", "layers.1.weight");
    assert_eq!(shape, [2, 6]);
    // Drawn, then trained.
    lab.write("zero.toml", lab.read("tuned.toml").replace("0.1", "1e-30").replace("\"tuned\"", "\"zero\""));
    assert_eq!(lab.emberlab("train zero.toml --dashboard none").code, 0);
    assert_ne!(lab.tensor("zero", "layers.1.weight").1, head);
}

#[test]
fn names_that_do_not_fit_are_listed_beside_those_that_are_wanted() {
    let wanted = "; the model takes `layers.0.bias`, `layers.0.weight`";
    let missing = "does not fit the model: `layers.0.weight` is missing; the file has ";
    assert_eq!(
        refusal(&file(&tensors("", "0", Dtype::F32))),
        format!("{missing}`0.bias`, `0.weight`{wanted}")
    );
    // A prefix that only some names have, or that is no part of a name, is not taken off.
    let mut some = tensors("module.", "layers.0", Dtype::F32);
    some[0].0 = "layers.0.other".to_owned();
    assert_eq!(refusal(&file(&some)), format!("{missing}`layers.0.other`, `module.layers.0.bias`{wanted}"));
    let joined = tensors("my", "layers.0", Dtype::F32);
    assert_eq!(refusal(&file(&joined)), format!("{missing}`mylayers.0.bias`, `mylayers.0.weight`{wanted}"));
    let many: Vec<Tensor> = (10..35).flat_map(|layer| tensors("", &format!("{layer}"), Dtype::F32)).collect();
    let refusal = refusal(&file(&many));
    assert!(refusal.contains("`14.bias`, `14.weight` and 40 more; the model takes"), "{refusal}");
}

#[test]
fn files_that_are_no_weights_are_called_what_they_are() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:12ab\nsize 10\n";
    assert_eq!(
        refusal(pointer.as_bytes()),
        "is a Git LFS pointer, not the weights themselves; fetch them with `git lfs pull`"
    );
    assert!(
        refusal(b"PK\x03\x04and so on").starts_with("is a file of `torch.save`, must be a safetensors file")
    );
    let header = |json: &str, size: u64| [&size.to_le_bytes()[..], json.as_bytes(), &[0; 60]].concat();
    let tensor = |offsets: &str| {
        format!("\"layers.0.bias\":{{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":{offsets}}}")
    };
    let overlapping = format!(
        "{{{},\"x\":{{\"dtype\":\"F32\",\"shape\":[15],\"data_offsets\":[0,60]}}}}",
        tensor("[0,12]")
    );
    for (json, size) in [
        (String::new(), u64::MAX),
        (String::new(), 1 << 40),
        (String::new(), 50_000_000),
        ("{\"a\":".to_owned(), 5),
        (overlapping.clone(), overlapping.len() as u64),
        (format!("{{{}}}", tensor("[12,0]")), 63),
        (format!("{{{}}}", tensor("[0,18446744073709551615]")), 80),
    ] {
        let refusal = refusal(&header(&json, size));
        assert!(refusal.starts_with("is no safetensors file: ") && !refusal.contains('\n'), "{refusal}");
    }
    for content in [&b""[..], b"\x01", b"text"] {
        assert!(refusal(content).starts_with("is no safetensors file: "));
    }
}

#[test]
fn weights_in_a_pipe_are_refused_at_once() {
    let lab = Lab::new();
    lab.write("linear.toml", CONFIG);
    make_pipe(&lab.path("weights.safetensors"));
    let wanted = "error: `weights.safetensors` is a named pipe, must be a regular file";
    lab.emberlab("train linear.toml --dashboard none").fails(3, wanted);
}
