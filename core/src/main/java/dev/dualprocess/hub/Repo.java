package dev.dualprocess.hub;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a repository consists of at one commit.
 *
 * @param id whose it is
 * @param revision the branch, tag or commit that was asked for
 * @param commit what that is now, 40 hexadecimal digits
 * @param files all of them
 */
public record Repo(HubId id, String revision, String commit, List<RepoFile> files) {
  /** All are needed. */
  public Repo {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(revision, "revision");
    Objects.requireNonNull(commit, "commit");
    files = List.copyOf(files);
  }

  /** The file at that path. */
  public Optional<RepoFile> file(String path) {
    return files.stream().filter(file -> file.path().equals(path)).findFirst();
  }

  /** The same commit with some of its files alone. */
  public Repo only(Predicate<RepoFile> wanted) {
    return new Repo(id, revision, commit, files.stream().filter(wanted).toList());
  }

  /**
   * The same commit with the files that a model's reader needs: those of its patterns, without what
   * is there twice (other precisions, one file beside its shards, the formats of other programs).
   *
   * @param patterns as {@link java.nio.file.FileSystem#getPathMatcher globs} of paths from the root
   */
  public Repo wanted(List<String> patterns) {
    Set<RepoFile> wanted = Set.copyOf(WantedFiles.of(files, patterns));
    return only(wanted::contains);
  }

  /** Of all files together. */
  public long bytes() {
    return files.stream().mapToLong(RepoFile::size).sum();
  }
}
