//! A stable share of the work, by the hash of a report's path.

use std::fmt;
use std::str::FromStr;

/// A share of the work: `index` of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    index: usize,
    count: usize,
}

/// What is wrong with a share: a message in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardError(pub String);

impl fmt::Display for ShardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ShardError {}

impl Shard {
    /// Takes a share.
    ///
    /// # Errors
    /// When `index` is not among 1 to `count`.
    pub fn new(index: usize, count: usize) -> Result<Self, ShardError> {
        if (1..=count).contains(&index) {
            Ok(Self { index, count })
        } else {
            Err(ShardError(format!("分片 {index}/{count} 不对：I 应从 1 到 N")))
        }
    }

    /// Reads the share that a Slurm array task or a Kubernetes indexed job gives by its environment; none when there
    /// is no such job. Slurm numbers its tasks from `SLURM_ARRAY_TASK_MIN`; an array with gaps has no order to rely
    /// on. Kubernetes tells the index only, so the number of completions must be given as
    /// `JOB_COMPLETIONS` or by `count`.
    ///
    /// # Errors
    /// When a value is no number or the share is impossible.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
        count: Option<usize>,
    ) -> Result<Option<Self>, ShardError> {
        let number = |name: &str| -> Result<Option<usize>, ShardError> {
            let Some(text) = variable(name).filter(|text| !text.trim().is_empty()) else {
                return Ok(None);
            };
            let parsed = text.trim().parse();
            parsed.map(Some).map_err(|_| ShardError(format!("环境变量 {name}={text} 不是数")))
        };
        if let Some(task) = number("SLURM_ARRAY_TASK_ID")? {
            let Some(tasks) =
                count.map_or_else(|| number("SLURM_ARRAY_TASK_COUNT"), |n| Ok(Some(n)))?
            else {
                return Err(ShardError(
                    "有 SLURM_ARRAY_TASK_ID 而没有 SLURM_ARRAY_TASK_COUNT；请用 --shard I/N 给出分片".to_owned(),
                ));
            };
            let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(1);
            let index = task.checked_sub(first).map_or(0, |offset| offset + 1);
            return Self::new(index, tasks).map(Some);
        }
        if let Some(index) = number("JOB_COMPLETION_INDEX")? {
            let Some(completions) =
                count.map_or_else(|| number("JOB_COMPLETIONS"), |n| Ok(Some(n)))?
            else {
                return Err(ShardError(
                    "有 JOB_COMPLETION_INDEX 而不知道共几份；请用 --shards N 或环境变量 JOB_COMPLETIONS 给出".to_owned(),
                ));
            };
            return Self::new(index + 1, completions).map(Some);
        }
        Ok(None)
    }

    /// The number of this share, from 1.
    pub fn index(self) -> usize {
        self.index
    }

    /// The number of shares.
    pub fn count(self) -> usize {
        self.count
    }

    /// Whether a report belongs to this share. Depends on the path inside the folder only.
    pub fn holds(self, source: &str) -> bool {
        let hash = blake3::hash(source.as_bytes());
        let number = hash.as_bytes()[..8].iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
        number % self.count as u64 == self.index as u64 - 1
    }

    /// The name in file names: `1-of-3`.
    pub(super) fn file_name(self) -> String {
        format!("{}-of-{}", self.index, self.count)
    }

    /// Reads [`Shard::file_name`] back.
    pub(super) fn from_file_name(name: &str) -> Option<Self> {
        let (index, count) = name.split_once("-of-")?;
        Self::new(index.parse().ok()?, count.parse().ok()?).ok()
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let parts = text.split_once('/').and_then(|(index, count)| {
            Some((index.trim().parse().ok()?, count.trim().parse().ok()?))
        });
        let (index, count) =
            parts.ok_or_else(|| ShardError("应写作 I/N，如 1/3 表示三份中的第一份".to_owned()))?;
        Self::new(index, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given<'a>(pairs: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn every_path_belongs_to_one_share() {
        let shards: Vec<Shard> = (1..=3).map(|i| Shard::new(i, 3).expect("a share")).collect();
        let mut sizes = [0; 3];
        for number in 0..3000 {
            let path = format!("县{number}/局{number}.toml");
            let holders: Vec<usize> = (0..3).filter(|at| shards[*at].holds(&path)).collect();
            assert_eq!(holders.len(), 1, "{path}");
            sizes[holders[0]] += 1;
        }
        assert!(sizes.iter().all(|size| (900..1100).contains(size)), "{sizes:?}");
    }

    #[test]
    fn the_environment_gives_a_share() {
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "5"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
            ("SLURM_ARRAY_TASK_MIN", "3"),
        ];
        let share = Shard::from_environment(given(&slurm), None).expect("a share");
        assert_eq!(share, Shard::new(3, 4).ok());
        let job = [("JOB_COMPLETION_INDEX", "0")];
        assert_eq!(
            Shard::from_environment(given(&job), Some(2)).expect("a share"),
            Shard::new(1, 2).ok()
        );
        assert!(Shard::from_environment(given(&job), None).is_err());
        assert!(Shard::from_environment(given(&[("JOB_COMPLETION_INDEX", "2")]), Some(2)).is_err());
        assert_eq!(Shard::from_environment(given(&[]), None), Ok(None));
    }

    #[test]
    fn spellings() {
        assert_eq!("2/3".parse(), Shard::new(2, 3));
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
