//! Reading folders of images.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_data::{
    DataError, Features, ImageFolder, ImageShape, LabelledData, NoProgress, Phase, Progress, ResizeFilter,
    read_image,
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

fn read(folder: &Path) -> Result<(LabelledData, LabelledData), DataError> {
    let images = ImageFolder::open(folder)?;
    let filter = ResizeFilter::default();
    Ok((images.train(SHAPE, filter, &NoProgress)?, images.test(SHAPE, filter, &NoProgress)?))
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
    let ignored = ImageFolder::open(folder.path()).unwrap().ignored;
    assert_eq!(ignored, [folder.path().join("train/cat/notes.txt")]);
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
            &(|folder: &Path| fs::remove_dir_all(folder.join("test")).unwrap()) as &dyn Fn(&Path),
            "test` does not exist",
        ),
        (
            &|folder| fs::remove_dir_all(folder.join("train/cat")).unwrap(),
            "train` has 1 folders, must have one for each of two or more classes",
        ),
        (
            &|folder| fs::create_dir(folder.join("test/cow")).unwrap(),
            "cow` is a class that the training part has not",
        ),
        (&|folder| fs::remove_file(folder.join("test/dog/t.png")).unwrap(), "test` holds no images"),
        (&|folder| fs::write(folder.join("train/dog/c.png"), "text").unwrap(), "c.png` is no image: "),
        (
            &|folder| {
                let bytes = fs::read(folder.join("train/dog/b.png")).unwrap();
                fs::write(folder.join("train/dog/b.png"), &bytes[..bytes.len() / 2]).unwrap();
            },
            "b.png` is no image: ",
        ),
    ] {
        let folder = folder();
        break_it(folder.path());
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(wanted) && !error.contains('\n'), "{error}");
    }
}

#[test]
fn an_image_that_claims_to_be_huge_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("huge.ppm");
    fs::write(&path, b"P6\n100000 100000\n255\n").unwrap();
    let error = read_image(&path, SHAPE, ResizeFilter::default()).unwrap_err().to_string();
    assert!(error.contains("is no image: "), "{error}");
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
    ImageFolder::open(folder.path()).unwrap().train(SHAPE, ResizeFilter::default(), &notes).unwrap();
    assert_eq!(*notes.0.lock().unwrap(), (Some(3), 3, true));
}
