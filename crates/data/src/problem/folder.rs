//! Problems of folders of images.

use crate::image_kind::IMAGE_FORMATS;
use crate::text::{self, MAX_ITEMS};
use std::path::PathBuf;

/// The layouts that are supported, as messages describe them.
const LAYOUTS: &str = "an image folder holds `train/<class>/`, and `test/<class>/` and `val/<class>/` where they \
     are divided already, under these names or those of `train_folder`, `test_folder` and `validation_folder`; or it \
     holds `<class>/` alone";

/// What is wrong with a folder of images.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum FolderProblem {
    /// A folder whose name is not UTF-8.
    #[error("has a name that is not UTF-8 and cannot be a class's")]
    NameNotUtf8,
    /// Fewer than two classes.
    #[error("has {found} folders, must have one for each of two or more classes; {LAYOUTS}")]
    TooFewClasses { found: usize },
    /// A class that only another part has.
    #[error("is a class that the training part does not have{}", .similar.as_ref().map_or(String::new(), |name| format!("; did you mean `{name}`?")))]
    UnknownClass { similar: Option<String> },
    /// A part without images; `beside` counts the files beside the folders of its classes.
    #[error("holds no images{}; {LAYOUTS}", files_beside(*.beside))]
    NoImages { beside: usize },
    /// Classes without images: this folder and `others`, with what this folder holds instead.
    #[error("holds no images{}", empty_class(.others, *.files, *.folders, .part))]
    EmptyClass { others: Vec<String>, files: usize, folders: usize, part: PathBuf },
    /// No image is left after those that cannot be read are left out.
    #[error("holds no image that can be read")]
    NoReadableImage,
    /// All images of a class are in the test part.
    #[error(
        "has no image in the training part: all of its images are drawn for the test part; add images, or divide each \
         class alike with `data.stratify = true`"
    )]
    AllDrawnForTest,
    /// Two parts share a folder.
    #[error("is the folder of two parts; give each its own")]
    SharedByParts,
    /// A part other than the training part stands alone.
    #[error("holds no folder of the training part beside `{part}`; {LAYOUTS}")]
    NoTrainingPart { part: String },
    /// Folders of parts that hold no folders of classes.
    #[error("holds folders of parts, but no folders of classes in them; {LAYOUTS}")]
    NoClasses,
    /// Two folders could be the same part.
    #[error("holds `{first}` and `{second}`; say with `data.{key}` which one is meant")]
    Ambiguous { first: String, second: String, key: String },
    /// A folder that a key names and that does not exist.
    #[error("does not exist; `data.{key}` names it")]
    NamedFolderMissing { key: String },
    /// A path that a key names and that is not a folder.
    #[error("is no folder; `data.{key}` names it")]
    NamedFolderIsFile { key: String },
    /// More images than fit into the memory that one part may take.
    #[error(
        "is one of {images} images of {image_size} bytes, which are more than {max}; choose a smaller `image_size`"
    )]
    TooManyImages { images: usize, image_size: usize, max: usize },
}

/// Mentions files beside the folders of the classes, as in a test part whose labels are not published.
fn files_beside(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => " in folders of classes, but 1 file beside them, whose class is not known".to_owned(),
        n => format!(" in folders of classes, but {n} files beside them, whose classes are not known"),
    }
}

fn empty_class(others: &[String], files: usize, folders: usize, part: &std::path::Path) -> String {
    let mut text = String::new();
    if !others.is_empty() {
        let names = text::first(others.iter().map(|name| format!("`{name}`")), MAX_ITEMS);
        text += &format!(", and neither do {names}");
    }
    text += &format!(
        "; its {files} files and {folders} folders are no images of the formats {IMAGE_FORMATS}; every folder in `{}` is \
         a class and holds its images itself",
        part.display()
    );
    if folders > 0 {
        text += "; where it is a folder of a part, name it with `train_folder`, `validation_folder` or `test_folder`";
    }
    text
}
