//! Trains and runs deep neural networks with the C library Hone: models of layers, of recipes and of Keras files, on slices.
//!
//! ```no_run
//! use hone::{Dataset, Fit, Model};
//! let (x, y) = (vec![0.0f32; 200], vec![0.0f32; 100]);
//! let data = Dataset::new(&x, &[100, 2])?.with_targets(&y, &[100])?;
//! let model = Model::sequential(&["input(shape=[2])", "dense(16, relu)", "dense(1, sigmoid)"])?;
//! model.compile("adam(0.01)", "binary_crossentropy", &["accuracy"])?;
//! let history = model.fit(&data, &Fit { epochs: 20, ..Fit::default() })?;
//! println!("{:?}", history.last("loss"));
//! model.save("m.keras")?;
//! # Ok::<(), hone::Error>(())
//! ```
//!
//! A model is used by one thread at a time; different models are independent. Every failure is an [`Error`] with the library's sentence.
use std::ffi::{CStr, CString};
use std::fmt;
use std::marker::PhantomData;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

/// Structures and functions of the C API that this crate uses. Argument structures begin with their size; the offsets of their members
/// are those that `hone schema --json` prints, which a test compares.
pub mod sys {
    use super::*;

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct Array {
        pub kind: c_int,
        pub rank: c_int,
        pub shape: [i64; 8],
        pub data: *const c_void,
    }

    #[repr(C)]
    pub struct DatasetArgs {
        pub size: usize,
        pub site: *const c_char,
        pub x: [Array; 64],
        pub y: [Array; 64],
        pub sample_weight: Array,
        pub x_names: [*const c_char; 64],
        pub y_names: [*const c_char; 64],
        pub scale: f64,
    }

    /// Room for an argument structure.
    pub const ARGS: usize = 1024;
    /// Bytes of each, up to the last member that is set: a library takes a structure that is shorter than its own.
    pub const SIZES: &[(&str, usize)] = &[("compile", 592), ("fit", 64), ("predict", 24), ("evaluate", 24)];
    /// The members that are set: function, argument, offset.
    pub const MEMBERS: &[(&str, &str, usize)] = &[
        ("compile", "optimizer", 16),
        ("compile", "loss", 24),
        ("compile", "metrics", 448),
        ("fit", "epochs", 16),
        ("fit", "batch_size", 24),
        ("fit", "shuffle", 40),
        ("fit", "validation_data", 48),
        ("fit", "validation_split", 56),
        ("predict", "batch_size", 16),
        ("evaluate", "batch_size", 16),
    ];
    pub const MOST_METRICS: usize = 16;
    /// Of hone_logs, which evaluate fills.
    pub const LOGS: usize = 1 << 16;

    extern "C" {
        pub static hone_layers_end: *mut c_void;
        pub fn hone_args_default(name: *const c_char, args: *mut c_void, size: usize) -> c_int;
        pub fn hone_error_message() -> *const c_char;
        pub fn hone_error_status() -> c_int;
        pub fn hone_set_threads(count: c_int) -> c_int;
        pub fn hone_layer_from_text(spec: *const c_char) -> *mut c_void;
        pub fn hone_optimizer_from_text(spec: *const c_char) -> *mut c_void;
        pub fn hone_sequential_with(site: *const c_char, layers: *const *mut c_void) -> *mut c_void;
        pub fn hone_recipe_parse(text: *const c_char, name: *const c_char) -> *mut c_void;
        pub fn hone_recipe_set(recipe: *mut c_void, path: *const c_char, value: *const c_char) -> c_int;
        pub fn hone_recipe_model(recipe: *mut c_void) -> *mut c_void;
        pub fn hone_recipe_free(recipe: *mut c_void);
        pub fn hone_dataset_from_arrays_with(args: *const DatasetArgs) -> *mut c_void;
        pub fn hone_dataset_load(source: *const c_char, part: *const c_char, scale: f64) -> *mut c_void;
        pub fn hone_dataset_count(data: *const c_void) -> i64;
        pub fn hone_dataset_free(data: *mut c_void);
        pub fn hone_compile_with(model: *mut c_void, args: *const c_void) -> c_int;
        pub fn hone_fit_with(model: *mut c_void, data: *mut c_void, args: *const c_void) -> *const c_void;
        pub fn hone_predict_with(model: *mut c_void, data: *mut c_void, outputs: *mut *mut Array, args: *const c_void) -> c_int;
        pub fn hone_evaluate_with(model: *mut c_void, data: *mut c_void, logs: *mut c_void, args: *const c_void) -> c_int;
        pub fn hone_logs_get(logs: *const c_void, name: *const c_char, value: *mut f64) -> bool;
        pub fn hone_logs_free(logs: *mut c_void);
        pub fn hone_history_epoch_count(history: *const c_void) -> i64;
        pub fn hone_history_metric_count(history: *const c_void) -> c_int;
        pub fn hone_history_name(history: *const c_void, index: c_int) -> *const c_char;
        pub fn hone_history_value(history: *const c_void, name: *const c_char, row: i64) -> f64;
        pub fn hone_model_output_count(model: *const c_void) -> c_int;
        pub fn hone_array_free(array: *mut Array);
        pub fn hone_save_with(model: *mut c_void, path: *const c_char, args: *const c_void) -> c_int;
        pub fn hone_load_with(path: *const c_char, args: *const c_void) -> *mut c_void;
        pub fn hone_model_free(model: *mut c_void);
    }
}

/// What the library says about a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub message: String,
    pub status: i32,
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl Error {
    fn last() -> Error {
        let message = unsafe { CStr::from_ptr(sys::hone_error_message()) }.to_string_lossy().into_owned();
        Error { message, status: unsafe { sys::hone_error_status() } }
    }
    fn new(message: impl Into<String>) -> Error {
        Error { message: message.into(), status: -1 }
    }
}

pub type Result<T> = std::result::Result<T, Error>;

fn checked(pointer: *mut c_void) -> Result<*mut c_void> {
    if pointer.is_null() {
        Err(Error::last())
    } else {
        Ok(pointer)
    }
}

fn done(status: c_int) -> Result<()> {
    if status < 0 {
        Err(Error::last())
    } else {
        Ok(())
    }
}

fn text(value: &str) -> Result<CString> {
    CString::new(value).map_err(|_| Error::new(format!("a NUL byte in {value:?}")))
}

/// How many threads; results do not depend on it.
pub fn set_threads(count: i32) -> Result<()> {
    done(unsafe { sys::hone_set_threads(count) })
}

/// The arguments of a function with their defaults.
struct Args {
    bytes: Box<[u64; sys::ARGS / 8]>,
    function: &'static str,
}

impl Args {
    fn new(function: &'static str) -> Result<Args> {
        let mut args = Args { bytes: Box::new([0; sys::ARGS / 8]), function };
        let size = sys::SIZES.iter().find(|one| one.0 == function).expect("a function of the table").1;
        done(unsafe { sys::hone_args_default(text(function)?.as_ptr(), args.bytes.as_mut_ptr().cast(), size) })?;
        Ok(args)
    }
    /// Sets a member, or an item of a list that begins there.
    fn set<T: Copy>(&mut self, member: &str, item: usize, value: T) {
        let offset = sys::MEMBERS.iter().find(|one| one.0 == self.function && one.1 == member).expect("a member of the table").2;
        unsafe { self.bytes.as_mut_ptr().cast::<u8>().add(offset).cast::<T>().add(item).write_unaligned(value) }
    }
    fn pointer(&self) -> *const c_void {
        self.bytes.as_ptr().cast()
    }
}

/// Arrays as a data set of the library, which reads them where they are; or data of a file.
pub struct Dataset<'a> {
    handle: *mut c_void,
    arrays: Vec<sys::Array>,
    lent: PhantomData<&'a [f32]>,
}

fn view(numbers: &[f32], shape: &[usize]) -> Result<sys::Array> {
    if shape.is_empty() || shape.len() > 8 || shape.iter().product::<usize>() != numbers.len() {
        return Err(Error::new(format!("an array of shape {shape:?} does not have {} numbers", numbers.len())));
    }
    let mut sizes = [0i64; 8];
    for (size, given) in sizes.iter_mut().zip(shape) {
        *size = *given as i64;
    }
    Ok(sys::Array { kind: 0, rank: shape.len() as c_int, shape: sizes, data: numbers.as_ptr().cast() })
}

impl<'a> Dataset<'a> {
    /// Inputs of this shape, whose first axis counts the samples.
    pub fn new(x: &'a [f32], shape: &[usize]) -> Result<Dataset<'a>> {
        Dataset::of(vec![view(x, shape)?])
    }
    /// The same with targets.
    pub fn with_targets(self, y: &'a [f32], shape: &[usize]) -> Result<Dataset<'a>> {
        let mut arrays = self.arrays.clone();
        arrays.truncate(1);
        if arrays.is_empty() {
            return Err(Error::new("data of a file have their own targets"));
        }
        arrays.push(view(y, shape)?);
        Dataset::of(arrays)
    }
    /// Whatever the command takes as DATA: "table.csv#target=price", "fashion-mnist", "x.npy,y.npy", a folder of pictures.
    pub fn load(source: &str) -> Result<Dataset<'static>> {
        let handle = checked(unsafe { sys::hone_dataset_load(text(source)?.as_ptr(), null(), 0.0) })?;
        Ok(Dataset { handle, arrays: Vec::new(), lent: PhantomData })
    }
    pub fn samples(&self) -> i64 {
        unsafe { sys::hone_dataset_count(self.handle) }
    }
    fn of(arrays: Vec<sys::Array>) -> Result<Dataset<'a>> {
        let mut args: Box<sys::DatasetArgs> = Box::new(unsafe { std::mem::zeroed() });
        args.size = std::mem::size_of::<sys::DatasetArgs>();
        args.x[0] = arrays[0];
        if let Some(targets) = arrays.get(1) {
            args.y[0] = *targets;
        }
        args.scale = 1.0;
        let handle = checked(unsafe { sys::hone_dataset_from_arrays_with(&*args) })?;
        Ok(Dataset { handle, arrays, lent: PhantomData })
    }
}

impl Drop for Dataset<'_> {
    fn drop(&mut self) {
        unsafe { sys::hone_dataset_free(self.handle) }
    }
}

/// How to train; `Fit::default()` is Keras's default, one epoch of batches of 32.
pub struct Fit<'a> {
    pub epochs: i64,
    pub batch_size: i64,
    pub shuffle: bool,
    pub validation_split: f64,
    pub validation_data: Option<&'a Dataset<'a>>,
}

impl Default for Fit<'_> {
    fn default() -> Self {
        Fit { epochs: 1, batch_size: 32, shuffle: true, validation_split: 0.0, validation_data: None }
    }
}

/// The metrics of each epoch.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub metrics: Vec<(String, Vec<f64>)>,
}

impl History {
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.metrics.iter().find(|one| one.0 == name).map(|one| &one.1[..])
    }
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(|values| values.last().copied())
    }
}

/// Outputs of a model: row-major numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Vec<f32>,
}

/// A model of the library.
pub struct Model {
    handle: *mut c_void,
}

unsafe impl Send for Model {}

impl Model {
    /// Layers by their specs, one after the other: "input(shape=[28, 28])", "flatten", "dense(10, softmax)".
    pub fn sequential(specs: &[&str]) -> Result<Model> {
        let texts = specs.iter().map(|spec| text(spec)).collect::<Result<Vec<_>>>()?;
        let mut layers: Vec<*mut c_void> = texts.iter().map(|spec| unsafe { sys::hone_layer_from_text(spec.as_ptr()) }).collect();
        layers.push(unsafe { sys::hone_layers_end });
        Ok(Model { handle: checked(unsafe { sys::hone_sequential_with(null(), layers.as_ptr()) })? })
    }
    /// The model of a recipe's text, with other values by their paths: [("model.1.dense.units", "64")].
    pub fn recipe(yaml: &str, settings: &[(&str, &str)]) -> Result<Model> {
        let recipe = checked(unsafe { sys::hone_recipe_parse(text(yaml)?.as_ptr(), text("recipe")?.as_ptr()) })?;
        let set = |(path, value): &(&str, &str)| done(unsafe { sys::hone_recipe_set(recipe, text(path)?.as_ptr(), text(value)?.as_ptr()) });
        let made = settings.iter().try_for_each(set).and_then(|_| checked(unsafe { sys::hone_recipe_model(recipe) }));
        unsafe { sys::hone_recipe_free(recipe) };
        Ok(Model { handle: made? })
    }
    /// A .keras, .h5 or .onnx file.
    pub fn load(path: &str) -> Result<Model> {
        Ok(Model { handle: checked(unsafe { sys::hone_load_with(text(path)?.as_ptr(), null()) })? })
    }
    pub fn save(&self, path: &str) -> Result<()> {
        done(unsafe { sys::hone_save_with(self.handle, text(path)?.as_ptr(), null()) })
    }
    /// By specs: "adam(0.01)", "sparse_categorical_crossentropy", ["accuracy"].
    pub fn compile(&self, optimizer: &str, loss: &str, metrics: &[&str]) -> Result<()> {
        if metrics.len() > sys::MOST_METRICS {
            return Err(Error::new(format!("more than {} metrics", sys::MOST_METRICS)));
        }
        let (loss, names) = (text(loss)?, metrics.iter().map(|one| text(one)).collect::<Result<Vec<_>>>()?);
        let mut args = Args::new("compile")?;
        args.set("optimizer", 0, checked(unsafe { sys::hone_optimizer_from_text(text(optimizer)?.as_ptr()) })?);
        args.set("loss", 0, loss.as_ptr());
        for (i, name) in names.iter().enumerate() {
            args.set("metrics", i, name.as_ptr());
        }
        done(unsafe { sys::hone_compile_with(self.handle, args.pointer()) })
    }
    pub fn fit(&self, data: &Dataset, how: &Fit) -> Result<History> {
        let mut args = Args::new("fit")?;
        args.set("epochs", 0, how.epochs);
        args.set("batch_size", 0, how.batch_size);
        args.set("shuffle", 0, how.shuffle);
        args.set("validation_split", 0, how.validation_split);
        if let Some(validation) = how.validation_data {
            args.set("validation_data", 0, validation.handle);
        }
        let history = unsafe { sys::hone_fit_with(self.handle, data.handle, args.pointer()) };
        if history.is_null() {
            return Err(Error::last());
        }
        Ok(read_history(history))
    }
    /// The loss and metrics of these names.
    pub fn evaluate(&self, data: &Dataset, names: &[&str]) -> Result<Vec<f64>> {
        let mut logs = vec![0u64; sys::LOGS / 8];
        let args = Args::new("evaluate")?;
        let status = done(unsafe { sys::hone_evaluate_with(self.handle, data.handle, logs.as_mut_ptr().cast(), args.pointer()) });
        let found = status.and_then(|_| names.iter().map(|name| read_log(&logs, name)).collect());
        unsafe { sys::hone_logs_free(logs.as_mut_ptr().cast()) };
        found
    }
    /// The outputs for all samples.
    pub fn predict(&self, data: &Dataset) -> Result<Vec<Tensor>> {
        let count = unsafe { sys::hone_model_output_count(self.handle) }.max(1) as usize;
        let mut outputs = vec![null_mut::<sys::Array>(); count];
        let args = Args::new("predict")?;
        done(unsafe { sys::hone_predict_with(self.handle, data.handle, outputs.as_mut_ptr(), args.pointer()) })?;
        Ok(outputs.into_iter().map(take_array).collect())
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        unsafe { sys::hone_model_free(self.handle) }
    }
}

fn read_history(history: *const c_void) -> History {
    let rows = unsafe { sys::hone_history_epoch_count(history) };
    let metrics = (0..unsafe { sys::hone_history_metric_count(history) })
        .map(|index| unsafe { CStr::from_ptr(sys::hone_history_name(history, index)) })
        .map(|name| {
            let values = (0..rows).map(|row| unsafe { sys::hone_history_value(history, name.as_ptr(), row) });
            (name.to_string_lossy().into_owned(), values.collect())
        });
    History { metrics: metrics.collect() }
}

fn read_log(logs: &[u64], name: &str) -> Result<f64> {
    let mut value = 0.0;
    if unsafe { sys::hone_logs_get(logs.as_ptr().cast(), text(name)?.as_ptr(), &mut value) } {
        Ok(value)
    } else {
        Err(Error::new(format!("there is no metric \"{name}\"")))
    }
}

fn take_array(array: *mut sys::Array) -> Tensor {
    let one = unsafe { *array };
    let shape: Vec<usize> = one.shape[..one.rank as usize].iter().map(|size| *size as usize).collect();
    let data = unsafe { std::slice::from_raw_parts(one.data.cast::<f32>(), shape.iter().product()) }.to_vec();
    unsafe { sys::hone_array_free(array) };
    Tensor { shape, data }
}
