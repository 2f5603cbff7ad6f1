//! The whole job in one call: input, detectors, policy.

mod history;
mod team;
mod vex;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::advisory::Advisories;
use crate::detect::secret::Team;
use crate::detect::{Context, Given, source};
use crate::engine::{PackageCollector, PackageList, Progress, ScanOptions, conceal, scan};
use crate::fix::{Edited, Look, Mode, Repair, repair};
use crate::input::{
    Emit, Excludes, Found, IndexFiles, InputError, Item, Missing, Repository, Root, TreeFiles,
    WorktreeFiles, commit_range, find_root, named, read_config, staged, staged_file, tracked,
};
use crate::join::{Around, Changed, Files};
use crate::model::{Confidence, FileKind, KindSet, Profile, RepoPath, Report, Severity};
use crate::parse::dockerfile::Wanted;
use crate::policy::{
    Baseline, BaselineFile, Config, ConfigError, Date, FailOn, IN_ANY_FILE, Policy, PolicyOptions,
    UNUSED_PEER, Vex, WITHOUT_REASON,
};
use crate::rules::{ActiveRules, RuleSet, Selection, SelectionError};
use crate::shellcheck;

pub use history::{HistoryOutcome, HistoryRequest, history};

/// What to look at.
#[derive(Debug)]
pub enum What {
    /// Files and folders; none means the current folder.
    Paths(Vec<PathBuf>),
    /// A list that another tool made: what has vanished or is excluded is skipped.
    List(Vec<PathBuf>),
    /// One item that is already in memory.
    One(Found),
    /// What the next commit would change.
    Staged,
    /// What a range of commits changes.
    Range(String),
    /// Every file that git tracks.
    Tracked,
}

/// Which configuration to use.
#[derive(Clone, Debug, Default)]
pub enum ConfigChoice {
    /// The one at the repository's root, if any.
    #[default]
    Repository,
    /// None: the repository has no say.
    None,
    File(PathBuf),
}

/// Which baseline to compare with.
#[derive(Clone, Debug, Default)]
pub enum BaselineChoice {
    /// The one at the repository's root, if any, where the repository has a say.
    #[default]
    Repository,
    None,
    File(PathBuf),
}

/// A run, as asked for.
#[derive(Debug)]
pub struct CheckRequest {
    pub what: What,
    /// The folder that relative paths start from.
    pub current_dir: PathBuf,
    pub config: ConfigChoice,
    pub baseline: BaselineChoice,
    pub profile: Option<Profile>,
    pub only: Vec<String>,
    pub skip: Vec<String>,
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
    pub honour_ignores: bool,
    /// Whether secrets that fail their own check are left out, whatever the configuration says.
    pub strict_checksum: bool,
    /// Whether test code counts in full, whatever the configuration says.
    pub judges_tests: bool,
    /// The same for vendored, generated and minified code.
    pub judges_vendored: bool,
    pub whole_files: bool,
    pub threads: Option<usize>,
    /// Whether archives are opened.
    pub archives: bool,
    /// Targets and arguments of the builds, in place of what the repository says.
    pub wanted: Wanted,
    /// The folders in which shellcheck is looked for, where its checks are wanted.
    pub shellcheck: Option<OsString>,
    /// OpenVEX documents beside those of the configuration.
    pub vex: Vec<PathBuf>,
    /// For expiries.
    pub today: Option<Date>,
    /// Where the advisory index is, if anywhere.
    pub cache: Option<PathBuf>,
}

impl CheckRequest {
    pub fn new(what: What, current_dir: PathBuf) -> Self {
        Self {
            what,
            current_dir,
            config: ConfigChoice::Repository,
            baseline: BaselineChoice::Repository,
            profile: None,
            only: Vec::new(),
            skip: Vec::new(),
            severity: None,
            confidence: None,
            honour_ignores: true,
            strict_checksum: false,
            judges_tests: false,
            judges_vendored: false,
            whole_files: false,
            threads: None,
            archives: false,
            wanted: Wanted::default(),
            shellcheck: None,
            vex: Vec::new(),
            today: None,
            cache: None,
        }
    }
}

/// A finished run.
#[derive(Debug)]
pub struct Outcome {
    pub report: Report,
    /// What the configuration says, if it says something.
    pub fail_on: Option<FailOn>,
    /// The repository's root.
    pub root: PathBuf,
    /// How many paths a change consists of, for [`What::Staged`] and [`What::Range`].
    pub changes: Option<usize>,
}

/// Why a run could not start. Wrong usage or configuration: exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error("{error}")]
    Config {
        path: RepoPath,
        text: String,
        error: ConfigError,
    },
    #[error("{error}")]
    Baseline {
        path: RepoPath,
        text: String,
        error: ConfigError,
    },
    #[error("{error}")]
    Vex {
        path: RepoPath,
        text: String,
        error: ConfigError,
    },
    #[error("{}: not UTF-8", .0.display())]
    ConfigEncoding(RepoPath),
    #[error(transparent)]
    Selection(#[from] SelectionError),
    #[error(
        "a history is looked through for secrets only, and no rule of the family \"secret\" is left"
    )]
    NoSecretRules,
}

/// Where a configuration may stand, relative to the root; the first one found is the only one read.
pub const CONFIG_PLACES: [&str; 3] = ["plimsoll.toml", ".plimsoll.toml", ".config/plimsoll.toml"];

/// Runs a check.
pub fn check(request: CheckRequest, progress: &dyn Progress) -> Result<Outcome, CheckError> {
    let run = Run::prepare(request)?;
    let (look, changes) = run.look(&Edited::new(), false, progress)?;
    Ok(run.outcome(look.report, changes))
}

/// Runs a check, applies the fixes of what it shows, and checks again what that leaves. The
/// outcome is about the files as they are afterwards; what is staged stays as it is, so for
/// [`What::Staged`] and where nothing is written, it is about the files as they were.
pub fn fix(
    request: CheckRequest,
    mode: Mode,
    progress: &dyn Progress,
) -> Result<(Outcome, Repair), CheckError> {
    let run = Run::prepare(request)?;
    let none = Edited::new();
    let (first, changes) = run.look(&none, true, progress)?;
    let mut look = |edited: &Edited| Ok::<_, CheckError>(run.look(edited, true, progress)?.0);
    let (repair, mut left) = repair(first, mode, &run.root, &mut look)?;
    let stays = !mode.write || matches!(run.request.what, What::Staged);
    if stays && !repair.changes.is_empty() {
        left = run.look(&none, false, progress)?.0;
    }
    Ok((run.outcome(left.report, changes), repair))
}

/// Everything that a check needs, read once for all its rounds.
struct Run {
    request: CheckRequest,
    repository: Option<Repository>,
    root: Arc<Root>,
    config: Config,
    config_file: Option<(RepoPath, String)>,
    baseline: Option<BaselineFile>,
    vex: Vex,
    active: ActiveRules,
    excludes: Excludes,
    advisories: Advisories,
    given: Given,
}

impl Run {
    fn prepare(request: CheckRequest) -> Result<Self, CheckError> {
        let (repository, root) = open(&request)?;
        let (config, config_file, rules) = configured(&request, repository.as_ref(), &root)?;
        let selection = Selection {
            profile: request.profile.or(config.profile).unwrap_or_default(),
            only: request.only.clone(),
            skip: request.skip.clone(),
            severity: request.severity,
            confidence: request.confidence,
            levels: config.levels.clone(),
        };
        Ok(Self {
            given: given(&request, &config, &rules),
            active: ActiveRules::new(rules, &selection)?,
            excludes: Excludes::new(root.path(), &config.exclude)?,
            advisories: Advisories::open(request.cache.as_deref()),
            baseline: baseline(&request, repository.as_ref(), root.path())?,
            vex: vex::read(
                &request,
                &config,
                config_file.as_ref(),
                repository.as_ref(),
                &root,
            )?,
            request,
            repository,
            root,
            config,
            config_file,
        })
    }

    /// One check of the files as they are, with `edited` in the place of those that fixes change.
    fn look(
        &self,
        edited: &Edited,
        originals: bool,
        progress: &dyn Progress,
    ) -> Result<(Look, Option<usize>), CheckError> {
        let request = &self.request;
        let cx = Context {
            rules: &self.active,
            advisories: &self.advisories,
            given: &self.given,
        };
        let files = files(&request.what, &self.root, self.repository.as_ref())?;
        let changed = files.as_deref().map(|files| Changed {
            files,
            changes: edited,
        });
        let around = changed.as_ref().map(|changed| Around::new(changed));
        let options = ScanOptions {
            threads: request.threads,
            around: around.as_ref(),
            originals,
            archives: request.archives,
            is_whole: self.is_whole_repository(),
            markers: match self.active.is_enabled(UNUSED_PEER) {
                true => IN_ANY_FILE,
                false => &[],
            },
            is_change: matches!(request.what, What::Staged | What::Range(_)),
            keep: self.kept(),
        };
        let mut fed = Ok(None);
        let mut result = scan(&cx, options, progress, |emit| {
            fed = self.feed(edited, emit);
        });
        let changes = fed?;
        if let Some(path) = &request.shellcheck {
            shellcheck::add(&mut result, &self.active, path, self.root.path());
        }
        let mut notes = Vec::new();
        if !request.honour_ignores {
            notes.push("ignores switched off".to_owned());
        }
        let is_there = |path: &RepoPath| {
            let is_file = |path: &RepoPath| {
                files
                    .as_deref()
                    .is_none_or(|files| files.read(path, 1).is_some())
            };
            // A file in an archive is there as long as the archive is.
            is_file(path) || path.possible_archive().is_some_and(|path| is_file(&path))
        };
        let policy = Policy {
            baseline: self.baseline.as_ref(),
            vex: &self.vex,
            advisories: &self.advisories,
            is_there: &is_there,
            config: &self.config,
            config_file: self.config_file.clone(),
            rules: &self.active,
            options: PolicyOptions {
                honour_ignores: request.honour_ignores,
                whole_files: request.whole_files || !options.is_change,
                whole_repository: self.is_whole_repository(),
                today: request.today,
            },
        };
        let originals = std::mem::take(&mut result.originals);
        let report = policy.apply(result, self.advisories.info(), notes);
        Ok((Look { report, originals }, changes))
    }

    /// Sources that policy must see even without findings.
    fn kept(&self) -> KindSet {
        let judges_comments = [UNUSED_PEER, WITHOUT_REASON]
            .iter()
            .any(|rule| self.active.is_enabled(rule));
        if self.request.shellcheck.is_some() {
            shellcheck::kinds()
        } else if judges_comments {
            KindSet::of(&[FileKind::Dockerfile])
        } else {
            KindSet::default()
        }
    }

    fn is_whole_repository(&self) -> bool {
        match &self.request.what {
            What::Paths(paths) => {
                paths.is_empty() && self.request.current_dir.as_path() == self.root.path()
            }
            What::Tracked => true,
            _ => false,
        }
    }

    /// The input, with edited files as they would be and new ones after all others.
    fn feed(&self, edited: &Edited, emit: Emit<'_>) -> Result<Option<usize>, InputError> {
        let left = Mutex::new(edited.clone());
        let take = |path: &RepoPath| left.lock().ok()?.remove(path);
        let emit_edited = |found: Found| match found {
            Found::Item(item) => match take(&item.path) {
                Some(bytes) => emit(Found::Item(item.with_edits(&bytes))),
                None => emit(Found::Item(item)),
            },
            skipped => emit(skipped),
        };
        let fed = feed(
            &self.request.what,
            &self.request.current_dir,
            &self.root,
            self.repository.as_ref(),
            &self.excludes,
            if edited.is_empty() {
                emit
            } else {
                &emit_edited
            },
        )?;
        for (path, bytes) in left.into_inner().unwrap_or_default() {
            emit(Found::Item(Item::edited(path, &bytes)));
        }
        Ok(fed)
    }

    fn outcome(&self, mut report: Report, changes: Option<usize>) -> Outcome {
        conceal(&mut report);
        Outcome {
            report,
            fail_on: self.config.fail_on,
            root: self.root.path().to_owned(),
            changes,
        }
    }
}

/// The baseline that a request would be compared with.
pub fn read_baseline(request: &CheckRequest) -> Result<Option<Baseline>, CheckError> {
    let (repository, root) = open(request)?;
    let file = baseline(request, repository.as_ref(), root.path())?;
    Ok(file.map(|file| file.baseline))
}

/// What detection is told beside the files.
fn given(request: &CheckRequest, config: &Config, rules: &RuleSet) -> Given {
    Given {
        team: Team::new(rules).map(Arc::new),
        source_team: source::Team::new(rules).map(Arc::new),
        allowed: config.allowed.clone(),
        today: request.today.map(Date::day),
        registries: config.registries.clone(),
        package_registries: config.package_registries.clone(),
        wanted: request.wanted.clone(),
        labels: config.labels.clone(),
        strict_checksum: request.strict_checksum || config.strict_checksum,
        judges_tests: request.judges_tests || config.judges_tests,
        judges_vendored: request.judges_vendored || config.judges_vendored,
        licences: config.licences.clone(),
        bans: config.bans.clone(),
        releases: config.releases.clone(),
    }
}

/// The rules that a request would run with, the repository's own included.
pub fn read_rules(request: &CheckRequest) -> Result<Arc<RuleSet>, CheckError> {
    let (repository, root) = open(request)?;
    Ok(configured(request, repository.as_ref(), &root)?.2)
}

/// The packages that the lockfiles of an input pin.
pub fn packages(request: CheckRequest) -> Result<PackageList, CheckError> {
    let (repository, root) = open(&request)?;
    let (config, ..) = configured(&request, repository.as_ref(), &root)?;
    let excludes = Excludes::new(root.path(), &config.exclude)?;
    let files = files(&request.what, &root, repository.as_ref())?;
    let collector = PackageCollector::new(files.as_deref());
    feed(
        &request.what,
        &request.current_dir,
        &root,
        repository.as_ref(),
        &excludes,
        &|found| collector.take(found),
    )?;
    let mut list = collector.finish();
    list.conceal();
    Ok(list)
}

/// The state of the repository that the checked files are part of.
fn files<'r>(
    what: &What,
    root: &Arc<Root>,
    repository: Option<&'r Repository>,
) -> Result<Option<Box<dyn Files + 'r>>, InputError> {
    Ok(match (what, repository) {
        (What::One(_), _) => None,
        (What::Staged, Some(repository)) => Some(Box::new(IndexFiles::new(repository))),
        (What::Range(range), Some(repository)) => {
            Some(Box::new(TreeFiles::at_end_of(repository, range)?))
        }
        _ => Some(Box::new(WorktreeFiles::new(Arc::clone(root)))),
    })
}

/// The repository, where the input needs one, and the root that paths are relative to.
fn open(request: &CheckRequest) -> Result<(Option<Repository>, Arc<Root>), CheckError> {
    let repository = match request.what {
        What::Staged | What::Range(_) | What::Tracked => {
            Some(Repository::open(&request.current_dir)?)
        }
        _ => None,
    };
    let root = match (&repository, &request.what) {
        (Some(repository), _) => repository.root().to_owned(),
        (None, what) => root_of(what, &request.current_dir),
    };
    let root = Arc::new(Root::open(&root)?);
    Ok((repository, root))
}

fn feed(
    what: &What,
    base: &Path,
    root: &Arc<Root>,
    repository: Option<&Repository>,
    excludes: &Excludes,
    emit: Emit<'_>,
) -> Result<Option<usize>, InputError> {
    let included = |found: Found| match &found {
        Found::Item(item) if is_excluded(&item.path, excludes) => {
            emit(Found::Skipped(crate::model::Skipped {
                path: item.path.clone(),
                reason: crate::model::SkipReason::Excluded,
            }))
        }
        _ => emit(found),
    };
    match (what, repository) {
        (What::Paths(paths), _) => {
            let here = [base.to_owned()];
            let paths = if paths.is_empty() { &here } else { &paths[..] };
            named(root, base, paths, Missing::IsAnError, excludes, false, emit).map(|()| None)
        }
        (What::List(paths), _) => {
            named(root, base, paths, Missing::IsSkipped, excludes, true, emit).map(|()| None)
        }
        (What::One(found), _) => {
            emit(found.clone());
            Ok(None)
        }
        (What::Staged, Some(repository)) => staged(repository, &included).map(Some),
        (What::Range(range), Some(repository)) => {
            commit_range(repository, range, &included).map(Some)
        }
        (What::Tracked, Some(repository)) => tracked(root, repository, &included).map(|()| None),
        (What::Staged | What::Range(_) | What::Tracked, None) => {
            Err(InputError::NotARepository(base.to_owned()))
        }
    }
}

fn is_excluded(path: &RepoPath, excludes: &Excludes) -> bool {
    path.as_str()
        .is_some_and(|path| excludes.covers(Path::new(path)))
}

/// The repository that the first path lies in; without one, the current folder where it holds the
/// path, and else the path's own folder. A single folder that is named and has a configuration of
/// its own is a root of its own.
fn root_of(what: &What, current_dir: &Path) -> PathBuf {
    let current = current_dir
        .canonicalize()
        .unwrap_or_else(|_| current_dir.to_owned());
    let paths = match what {
        What::Paths(paths) | What::List(paths) => paths.as_slice(),
        _ => &[],
    };
    let Some(first) = paths.first() else {
        return find_root(&current);
    };
    let path = current.join(first);
    let path = path.canonicalize().unwrap_or(path);
    if paths.len() == 1 && has_configuration(&path) {
        return path;
    }
    let folder = if path.is_dir() {
        path.as_path()
    } else {
        path.parent().unwrap_or(&current)
    };
    // A path that is not there is complained about later, by the name that was given.
    let folder = if folder.is_dir() { folder } else { &current };
    let root = find_root(folder);
    let is_repository = root.join(".git").symlink_metadata().is_ok();
    let is_named_folder = paths.len() == 1 && path == root;
    if !is_repository && !is_named_folder && folder.starts_with(&current) {
        current
    } else {
        root
    }
}

/// The first configuration that there is, in the order of the places.
fn first(
    read: impl Fn(&str) -> Result<Option<Vec<u8>>, InputError>,
) -> Result<Option<(RepoPath, Vec<u8>)>, InputError> {
    for name in CONFIG_PLACES {
        if let Some(bytes) = read(name)? {
            return Ok(Some((RepoPath::from(name), bytes)));
        }
    }
    Ok(None)
}

type Prepared = (Config, Option<(RepoPath, String)>, Arc<RuleSet>);

/// The configuration and all rules. A repository that has no say has no rules either.
fn configured(
    request: &CheckRequest,
    repository: Option<&Repository>,
    root: &Arc<Root>,
) -> Result<Prepared, CheckError> {
    let mut rules = match request.config {
        ConfigChoice::Repository => {
            let files = files(&request.what, root, repository)?;
            let files = files.unwrap_or_else(|| Box::new(WorktreeFiles::new(Arc::clone(root))));
            team::with_folder(files.as_ref())?
        }
        ConfigChoice::None | ConfigChoice::File(_) => RuleSet::embedded(),
    };
    let (config, file) = configuration(request, repository, root.path(), &rules)?;
    for rule in &config.team {
        // That they fit together was found when the configuration was read.
        let _ = rules.add(rule.clone());
    }
    Ok((config, file, Arc::new(rules)))
}

fn has_configuration(folder: &Path) -> bool {
    CONFIG_PLACES
        .iter()
        .any(|place| folder.join(place).symlink_metadata().is_ok())
}

type Configured = (Config, Option<(RepoPath, String)>);

fn configuration(
    request: &CheckRequest,
    repository: Option<&Repository>,
    root: &Path,
    rules: &RuleSet,
) -> Result<Configured, CheckError> {
    let found = match &request.config {
        ConfigChoice::None => None,
        ConfigChoice::File(path) => {
            let place = request.current_dir.join(path);
            let bytes = read_config(&place)?.ok_or_else(|| InputError::NoSuchPath(path.clone()))?;
            Some((RepoPath::from_path(path), bytes))
        }
        ConfigChoice::Repository => {
            let mut found = None;
            // A commit is judged by the configuration that it will have, as far as it has one.
            if let (What::Staged, Some(repository)) = (&request.what, repository) {
                found = first(|name| staged_file(repository, &RepoPath::from(name)))?;
            }
            match found {
                None => first(|name| read_config(&root.join(name)))?,
                staged => staged,
            }
        }
    };
    let Some((path, bytes)) = found else {
        return Ok((Config::default(), None));
    };
    let (path, text) = as_text(path, bytes)?;
    let config = Config::parse(&text, rules).and_then(|config| {
        team::try_queries(&config.team, &text)?;
        Ok(config)
    });
    match config {
        Ok(config) => Ok((config, Some((path, text)))),
        Err(error) => Err(CheckError::Config { path, text, error }),
    }
}

/// The baseline that a request is compared with: a file that is named must be there.
fn baseline(
    request: &CheckRequest,
    repository: Option<&Repository>,
    root: &Path,
) -> Result<Option<BaselineFile>, CheckError> {
    let distrusted = matches!(request.config, ConfigChoice::None) || !request.honour_ignores;
    let found = match &request.baseline {
        BaselineChoice::None => None,
        BaselineChoice::Repository if distrusted => None,
        BaselineChoice::Repository => {
            let path = RepoPath::from(Baseline::FILE);
            let staged = match (&request.what, repository) {
                (What::Staged, Some(repository)) => staged_file(repository, &path)?,
                _ => None,
            };
            let bytes = match staged {
                None => read_config(&root.join(Baseline::FILE))?,
                staged => staged,
            };
            bytes.map(|bytes| (path, bytes))
        }
        BaselineChoice::File(file) => {
            let bytes = read_config(&request.current_dir.join(file))?
                .ok_or_else(|| InputError::NoSuchPath(file.clone()))?;
            Some((RepoPath::from_path(file), bytes))
        }
    };
    let Some((path, bytes)) = found else {
        return Ok(None);
    };
    let (path, text) = as_text(path, bytes)?;
    match Baseline::parse(&text) {
        Ok(baseline) => Ok(Some(BaselineFile {
            path,
            text,
            baseline,
        })),
        Err(error) => Err(CheckError::Baseline { path, text, error }),
    }
}

fn as_text(path: RepoPath, bytes: Vec<u8>) -> Result<(RepoPath, String), CheckError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok((path, text)),
        Err(_) => Err(CheckError::ConfigEncoding(path)),
    }
}
