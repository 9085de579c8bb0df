package dev.dualprocess.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One model's folder in the cache, as huggingface_hub has it.
 *
 * @param cache the cache's folder
 * @param id of the model
 */
record Storage(Path cache, HubId id) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  Path folder() {
    return id.folderIn(cache);
  }

  Path blob(RepoFile file) {
    return folder().resolve("blobs").resolve(file.etag());
  }

  Path lock(RepoFile file) {
    return locks().resolve(file.etag() + ".lock");
  }

  /** Whoever has it may write links, lists and refs. */
  Path lockOfNames() {
    return locks().resolve("names.lock");
  }

  private Path locks() {
    return cache.resolve(".locks").resolve(id.folderName());
  }

  Path snapshot(String commit) {
    return folder().resolve("snapshots").resolve(commit);
  }

  Path inSnapshot(String commit, RepoFile file) {
    return snapshot(commit).resolve(file.path());
  }

  private Path ref(String revision) {
    return folder().resolve("refs").resolve(revision);
  }

  private Path tree(String commit) {
    return folder().resolve("trees").resolve(commit + ".json");
  }

  /** Whether its content is there, as a blob or, where there are no links, in the snapshot. */
  boolean has(String commit, RepoFile file) throws IOException {
    return whole(blob(file), file) || whole(inSnapshot(commit, file), file);
  }

  static boolean whole(Path path, RepoFile file) throws IOException {
    return Files.isRegularFile(path) && Files.size(path) == file.size();
  }

  /** The commit that a revision was when it was last asked for. */
  Optional<String> commit(String revision) throws IOException {
    if (revision.matches("[0-9a-f]{40}")) {
      return Optional.of(revision);
    }
    Path ref = ref(revision);
    return Files.isRegularFile(ref) ? Optional.of(Files.readString(ref).strip()) : Optional.empty();
  }

  /** Removes what killed processes left of the files that {@link #remember} writes. */
  void removeUnfinished(String revision) throws IOException {
    AtomicFile.removeUnfinished(Objects.requireNonNull(ref(revision).getParent()));
    AtomicFile.removeUnfinished(folder().resolve("trees"));
  }

  /** Says which commit a revision is; a commit's own name needs no saying. */
  void remember(String revision, String commit) throws IOException {
    if (!commit(revision).equals(Optional.of(commit))) {
      AtomicFile.write(ref(revision), path -> Files.writeString(path, commit));
    }
  }

  /** Keeps the list of a commit's files, which never changes. */
  void remember(Repo repo) throws IOException {
    ObjectNode root = MAPPER.createObjectNode().put("format_version", 1);
    ObjectNode files = root.putObject("files");
    for (RepoFile file : repo.files()) {
      ObjectNode entry = files.putObject(file.path());
      entry.put("size", file.size()).put("blob_id", file.oid());
      file.sha256().ifPresent(sum -> entry.put("lfs_sha256", sum).put("lfs_size", file.size()));
    }
    AtomicFile.write(tree(repo.commit()), path -> MAPPER.writeValue(path.toFile(), root));
  }

  /** What a revision consisted of when it was last asked for, if that was kept. */
  Optional<Repo> remembered(String revision) throws IOException {
    Optional<String> commit = commit(revision).filter(text -> text.matches("[0-9a-f]{40}"));
    if (commit.isEmpty() || !Files.isRegularFile(tree(commit.get()))) {
      return Optional.empty();
    }
    try {
      JsonNode root = MAPPER.readTree(tree(commit.get()).toFile());
      List<RepoFile> files = new ArrayList<>();
      for (Map.Entry<String, JsonNode> entry : root.path("files").properties()) {
        files.add(file(entry.getKey(), entry.getValue()));
      }
      return Optional.of(new Repo(id, revision, commit.get(), files));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // it is only a memory: the hub is asked again
    }
  }

  private static RepoFile file(String path, JsonNode entry) {
    Optional<String> sum =
        Optional.of(entry.path("lfs_sha256").asText("")).filter(text -> !text.isEmpty());
    long size = entry.path(sum.isPresent() ? "lfs_size" : "size").asLong(-1);
    return new RepoFile(path, size, entry.path("blob_id").asText(), sum);
  }
}
