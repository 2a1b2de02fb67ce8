//! Reading folders of images.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::{
    DataError, Features, FolderNames, FolderParts, ImageFolder, ImageShape, LabelledData, NoProgress,
    OnBadImage, Phase, Progress, ResizeFilter, read_image,
};
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 2, width: 3 };

/// An image of one colour but for the pixel in row 1, column 2, which is green.
fn image(red: u8) -> RgbImage {
    let mut image = RgbImage::from_pixel(3, 2, Rgb([red, 0, 0]));
    image.put_pixel(2, 1, Rgb([0, 255, 0]));
    image
}

fn save(folder: &TempDir, path: &str, image: &RgbImage) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    image.save(path).unwrap();
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, red) in
        [("train/dog/b.png", 2), ("train/dog/a.BMP", 1), ("train/cat/x.ppm", 3), ("test/dog/t.png", 4)]
    {
        save(&folder, path, &image(red));
    }
    fs::write(folder.path().join("train/dog/.hidden.png"), "no image").unwrap();
    fs::write(folder.path().join("train/cat/notes.txt"), "no image").unwrap();
    folder
}

fn images(directory: &Path) -> ImageFolder {
    ImageFolder {
        directory: directory.into(),
        names: FolderNames::default(),
        shape: SHAPE,
        filter: ResizeFilter::default(),
        on_bad_image: OnBadImage::default(),
    }
}

fn read_all(images: &ImageFolder) -> Result<FolderParts, DataError> {
    images.read(&images.layout()?, &NoProgress)
}

fn read(folder: &Path) -> Result<(LabelledData, LabelledData), DataError> {
    let parts = read_all(&images(folder))?;
    Ok((parts.train, parts.test.unwrap()))
}

#[test]
fn classes_and_files_are_sorted_and_pixels_keep_their_place() {
    let folder = folder();
    let (train, test) = read(folder.path()).unwrap();
    assert_eq!(train.class_names, ["cat", "dog"]);
    assert_eq!(test.class_names, ["cat", "dog"]);
    assert_eq!((&train.labels[..], &test.labels[..]), (&[0, 1, 1][..], &[1][..]));
    let Features::Images { pixels, shape } = train.features else { panic!("not images") };
    assert_eq!(shape, SHAPE);
    let expected = [3, 1, 2].map(|red| [[red; 5].as_slice(), &[0; 6], &[255], &[0; 6]].concat());
    assert_eq!(pixels, expected.concat());
    let parts = read_all(&images(folder.path())).unwrap();
    assert_eq!(parts.left_out, [folder.path().join("train/cat/notes.txt")]);
    let notes = format!(
        "1 file is no image of a class and is left out: `{}`",
        folder.path().join("train/cat/notes.txt").display()
    );
    assert_eq!(parts.notes, [notes]);
}

#[test]
fn any_format_and_size_is_brought_to_one_shape() {
    let folder = TempDir::new().unwrap();
    let transparent = RgbaImage::from_pixel(30, 20, Rgba([10, 20, 30, 128]));
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Gif] {
        let path = folder.path().join("image");
        transparent.save_with_format(&path, format).unwrap();
        for filter in [ResizeFilter::Nearest, ResizeFilter::Triangle, ResizeFilter::Lanczos3] {
            let pixels = read_image(&path, SHAPE, filter).unwrap();
            for (channel, value) in [10, 20, 30].into_iter().enumerate() {
                let all = &pixels[channel * 6..(channel + 1) * 6];
                assert!(all.iter().all(|pixel| pixel.abs_diff(value) <= 4), "{format:?} {filter:?} {all:?}");
            }
        }
    }
}

#[test]
fn what_is_no_image_folder_is_an_error_that_says_why() {
    for (break_it, wanted) in [
        (
            &(|folder: &Path| fs::rename(folder.join("train"), folder.join("tran")).unwrap())
                as &dyn Fn(&Path),
            "holds no folder of the training part beside `test`; an image folder holds `train/<class>/`",
        ),
        (
            &|folder| fs::remove_dir_all(folder.join("train/cat")).unwrap(),
            "train` has 1 folders, must have one for each of two or more classes",
        ),
        (
            &|folder| fs::create_dir(folder.join("test/cow")).unwrap(),
            "cow` is a class that the training part does not have",
        ),
        (&|folder| fs::remove_file(folder.join("test/dog/t.png")).unwrap(), "test` holds no images"),
        (
            &|folder| fs::rename(folder.join("test/dog/t.png"), folder.join("test/1.png")).unwrap(),
            "test` holds no images in folders of classes, but 1 file beside them, whose class is not known; an image ",
        ),
        (&|folder| fs::write(folder.join("train/dog/c.png"), "text").unwrap(), "c.png` is no image: "),
        (
            &|folder| {
                let bytes = fs::read(folder.join("train/dog/b.png")).unwrap();
                fs::write(folder.join("train/dog/b.png"), &bytes[..bytes.len() / 2]).unwrap();
            },
            "b.png` is a damaged PNG image: ",
        ),
        (
            &|folder| fs::remove_file(folder.join("train/cat/x.ppm")).unwrap(),
            "train/cat` holds no images; its 1 files and 0 folders are no images of the formats BMP, GIF, JPEG, PNG, ",
        ),
        (
            &|folder| fs::rename(folder.join("test/dog"), folder.join("test/Dog")).unwrap(),
            "Dog` is a class that the training part does not have; did you mean `dog`?",
        ),
    ] {
        let folder = folder();
        break_it(folder.path());
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(wanted) && !error.contains('\n'), "{error}");
    }
}

/// Notes what it is told.
#[derive(Default)]
struct Notes(Mutex<(Option<u64>, u64, bool)>);

impl Progress for Notes {
    fn begin(&self, phase: Phase, total: Option<u64>) {
        assert_eq!(phase, Phase::Decode);
        self.0.lock().unwrap().0 = total;
    }

    fn reach(&self, done: u64) {
        let mut notes = self.0.lock().unwrap();
        notes.1 = notes.1.max(done);
    }

    fn end(&self) {
        self.0.lock().unwrap().2 = true;
    }
}

#[test]
fn progress_is_told_of_every_image() {
    let folder = folder();
    let notes = Notes::default();
    fs::remove_dir_all(folder.path().join("test")).unwrap();
    let images = images(folder.path());
    images.read(&images.layout().unwrap(), &notes).unwrap();
    assert_eq!(*notes.0.lock().unwrap(), (Some(3), 3, true));
}

#[test]
fn images_are_found_by_their_content_whatever_they_are_called() {
    let folder = folder();
    let cat = folder.path().join("train/cat");
    for name in ["photo", "photo.JFIF", "photo.jpe", "photo.txt", "photo.png"] {
        image(9).save_with_format(cat.join(name), ImageFormat::Jpeg).unwrap();
    }
    let parts = read_all(&images(folder.path())).unwrap();
    assert_eq!(parts.train.labels, [0, 0, 0, 0, 0, 0, 1, 1]);
    assert_eq!(parts.left_out, [cat.join("notes.txt")]);
}

#[test]
fn what_programs_leave_among_images_is_no_class_and_what_is_left_out_is_told() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for name in
        ["train/__MACOSX/cat", "train/.ipynb_checkpoints", "train/@eaDir", "train/cat/more", "test/.git"]
    {
        fs::create_dir_all(at(name)).unwrap();
    }
    for name in
        ["train/__MACOSX/cat/._x.png", "train/cat/Thumbs.db", "train/cat/desktop.ini", "train/labels.csv"]
    {
        fs::write(at(name), "no image").unwrap();
    }
    save(&folder, "train/cat/more/y.png", &image(8));
    let parts = read_all(&images(folder.path())).unwrap();
    assert_eq!(parts.train.class_names, ["cat", "dog"]);
    assert_eq!(parts.train.labels, [0, 1, 1]);
    assert_eq!(parts.left_out.len(), 4);
    let told = |name: &str| format!("`{}`", at(name).display());
    let files = ["train/labels.csv", "train/cat/Thumbs.db", "train/cat/desktop.ini"].map(told).join(", ");
    assert_eq!(
        parts.notes,
        [
            format!("4 files are no images of a class and are left out: {files} and 1 more"),
            format!(
                "1 folder within a class is left out, with all that it holds: {}",
                told("train/cat/more")
            ),
        ]
    );
}

/// Spoils images of both parts in several ways, and returns their number.
fn spoil(folder: &Path) -> usize {
    let jpeg = folder.join("train/cat/cut.jpg");
    image(7).save(&jpeg).unwrap();
    let bytes = fs::read(&jpeg).unwrap();
    fs::write(&jpeg, &bytes[..bytes.len() - 10]).unwrap();
    fs::write(folder.join("train/dog/empty.png"), "").unwrap();
    fs::write(folder.join("test/dog/text.jpg"), "text").unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("test/dog/link.bmp")).unwrap();
    assert!(
        std::process::Command::new("mkfifo").arg(folder.join("test/dog/pipe")).status().unwrap().success()
    );
    5
}

#[test]
fn every_bad_image_of_every_part_is_named() {
    let folder = folder();
    let n = spoil(folder.path());
    let error = read_all(&images(folder.path())).unwrap_err().to_string();
    let mut lines: Vec<&str> = error.lines().collect();
    let last = lines.pop().unwrap();
    assert_eq!(
        last,
        "5 images cannot be read; mend or delete them, or leave out what cannot be read with `data.on_bad_image = \"skip\"`"
    );
    assert_eq!(lines.len(), n);
    for (name, problem) in [
        ("train/cat/cut.jpg", "is cut off: its JPEG data ends before the end-of-image marker"),
        ("train/dog/empty.png", "is no image: the file is empty"),
        ("test/dog/text.jpg", "is no image: its content is none of BMP, GIF, JPEG, PNG, PNM, TIFF or WebP"),
        ("test/dog/link.bmp", "is a link to a file that does not exist"),
        ("test/dog/pipe", "is a named pipe, must be a regular file"),
    ] {
        let line = format!("`{}` {problem}", folder.path().join(name).display());
        assert!(lines.contains(&line.as_str()), "{line} is not in {lines:?}");
    }
}

#[test]
fn of_many_bad_images_the_first_ten_are_named() {
    let folder = folder();
    for number in 0..25 {
        fs::write(folder.path().join(format!("train/dog/z{number:02}.png")), "text").unwrap();
    }
    let error = read_all(&images(folder.path())).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 11);
    assert!(lines[0].contains("z00.png") && lines[9].contains("z09.png"), "{error}");
    assert!(lines[10].starts_with("25 images cannot be read, of which these are the first 10; "), "{error}");
}

#[test]
fn bad_images_can_be_left_out() {
    let folder = folder();
    let expected = read(folder.path()).unwrap();
    spoil(folder.path());
    let skipping = ImageFolder { on_bad_image: OnBadImage::Skip, ..images(folder.path()) };
    let parts = read_all(&skipping).unwrap();
    assert!((parts.train, parts.test.unwrap()) == expected);
    assert!(parts.notes[1].starts_with("5 images cannot be read and are left out: `"), "{:?}", parts.notes);

    fs::write(folder.path().join("train/cat/x.ppm"), "P6\n3 2\n255\n").unwrap();
    let error = read_all(&skipping).unwrap_err().to_string();
    assert!(error.ends_with("train/cat` holds no image that can be read"), "{error}");
}

#[test]
fn a_folder_of_classes_alone_is_read_and_a_class_can_be_called_train() {
    let folder = TempDir::new().unwrap();
    for (path, red) in [("train/a.png", 1), ("boat/b.png", 2), ("car/c.png", 3)] {
        save(&folder, path, &image(red));
    }
    let images = images(folder.path());
    assert!(images.layout().unwrap().is_flat);
    let parts = read_all(&images).unwrap();
    assert_eq!(parts.train.class_names, ["boat", "car", "train"]);
    assert_eq!((parts.train.len(), parts.test, parts.validation), (3, None, None));
}

#[test]
fn parts_without_folders_of_classes_are_no_classes_themselves() {
    let folder = TempDir::new().unwrap();
    for path in ["train/cat.1.png", "train/dog.1.png", "test/1.png"] {
        save(&folder, path, &image(1));
    }
    let error = read_all(&images(folder.path())).unwrap_err().to_string();
    assert!(error.contains("holds folders of parts, but no folders of classes in them"), "{error}");
    let names = FolderNames { train: Some("train".into()), test: Some("train".into()), validation: None };
    let error = read_all(&ImageFolder { names, ..images(folder.path()) }).unwrap_err().to_string();
    assert!(error.ends_with("train` is the folder of two parts; give each its own"), "{error}");
}

#[test]
fn the_folders_of_the_parts_are_known_by_several_names_or_named() {
    for (train, validation, test) in
        [("train", "val", "test"), ("Training", "Valid", "Testing"), ("train", "validation", "test")]
    {
        let folder = TempDir::new().unwrap();
        for part in [train, validation, test] {
            for class in ["cat", "dog"] {
                save(&folder, &format!("{part}/{class}/x.png"), &image(1));
            }
        }
        save(&folder, &format!("{validation}/dog/y.png"), &image(2));
        let parts = read_all(&images(folder.path())).unwrap();
        assert_eq!(parts.train.len(), 2);
        assert_eq!(parts.validation.unwrap().labels, [0, 1, 1]);
        assert_eq!(parts.test.unwrap().len(), 2);

        let names =
            FolderNames { train: Some(validation.into()), test: Some(train.into()), validation: None };
        let named = ImageFolder { names, ..images(folder.path()) };
        let parts = read_all(&named).unwrap();
        assert_eq!((parts.train.len(), parts.test.unwrap().len()), (3, 2));
    }
    let folder = folder();
    fs::create_dir_all(folder.path().join("testing/dog")).unwrap();
    let error = read_all(&images(folder.path())).unwrap_err().to_string();
    assert!(
        error.contains("holds `test` and `testing`; say with `data.test_folder` which one is meant"),
        "{error}"
    );
    let names = FolderNames { test: Some("none".into()), ..FolderNames::default() };
    let error = read_all(&ImageFolder { names, ..images(folder.path()) }).unwrap_err().to_string();
    assert!(error.ends_with("none` does not exist; `data.test_folder` names it"), "{error}");
}

#[test]
fn folders_beside_those_of_the_parts_are_told() {
    let folder = folder();
    for path in ["eval/dog/e.png", "unlabelled/u.png"] {
        save(&folder, path, &image(5));
    }
    let at = |name: &str| folder.path().join(name);
    let parts = read_all(&images(folder.path())).unwrap();
    assert_eq!(
        parts.notes[1],
        format!(
            "2 folders beside those of the parts are left out: `{}`, `{}`; name a part with `train_folder`, \
             `validation_folder` or `test_folder`",
            at("eval").display(),
            at("unlabelled").display()
        )
    );
    // A folder that is named, or holds one that is, is not left out.
    fs::create_dir(at("sets")).unwrap();
    fs::rename(at("train"), at("sets/train")).unwrap();
    let names = FolderNames {
        train: Some("sets/train".into()),
        validation: Some("eval".into()),
        test: Some("test".into()),
    };
    let named = ImageFolder { names, ..images(folder.path()) };
    assert_eq!(named.layout().unwrap().others, [at("unlabelled")]);
}

#[test]
fn classes_that_differ_by_case_are_told() {
    let folder = folder();
    save(&folder, "train/Cat/z.png", &image(5));
    let parts = read_all(&images(folder.path())).unwrap();
    assert_eq!(parts.train.class_names, ["Cat", "cat", "dog"]);
    assert!(
        parts.notes[1].starts_with("`Cat` and `cat` differ in upper and lower case only"),
        "{:?}",
        parts.notes
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_read_but_are_no_class() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let name = OsStr::from_bytes(b"\xE9t\xE9.png");
    image(6).save_with_format(folder.path().join("train/cat").join(name), ImageFormat::Png).unwrap();
    assert_eq!(read_all(&images(folder.path())).unwrap().train.len(), 4);
    fs::create_dir(folder.path().join("train").join(name)).unwrap();
    let error = read_all(&images(folder.path())).unwrap_err().to_string();
    assert!(error.contains("not UTF-8"), "{error}");
}
