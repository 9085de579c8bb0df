package dev.dualprocess.spark;

import com.google.common.io.ByteStreams;
import dev.dualprocess.cli.bulk.Job;
import dev.dualprocess.cli.bulk.JobResult;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Runs' folders on a Hadoop path. A run is put beside them under the name of its try and renamed;
 * of tries that end at once the first stays.
 */
final class RunStore {
  private static final String TRIES = ".tries";
  private static final int PUTS = 3;

  private final FileSystem files;
  private final Path out;

  /**
   * The store at a path.
   *
   * @throws IOException in one line, if there is no such file system
   */
  RunStore(String path, Configuration hadoop) throws IOException {
    Path written = new Path(path);
    try {
      FileSystem found = written.getFileSystem(hadoop);
      files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
    } catch (IOException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
    out = files.makeQualified(written);
  }

  /**
   * Makes sure that folders there are of these jobs with these options, and that others can be
   * made.
   *
   * @throws IOException in one line, if something is in the way
   */
  void requireFree(List<Job> jobs) throws IOException {
    Set<String> there = new HashSet<>();
    try {
      files.mkdirs(out);
      for (FileStatus each : files.listStatus(out)) {
        there.add(each.getPath().getName());
      }
    } catch (IOException e) {
      throw new IOException("%s: cannot write there: %s".formatted(out, e.getMessage()), e);
    }
    for (Job job : jobs) {
      if (there.contains(job.name())) {
        requireSame(job);
      }
    }
  }

  private void requireSame(Job job) throws IOException {
    Optional<StoredResult> stored = stored(run(job));
    if (stored.isEmpty()) {
      throw new IOException(
          run(job)
              + ": is there already, and of no job on Spark; remove it, or choose another path");
    }
    requireSame(job, stored.get());
  }

  private void requireSame(Job job, StoredResult stored) throws IOException {
    if (!stored.result().job().fingerprint().equals(job.fingerprint())) {
      throw new IOException(
          "%s: the job '%s' was done there with other options; give it another name, or choose another path"
              .formatted(out, job.name()));
    }
  }

  private Path run(Job job) {
    return new Path(out, job.name());
  }

  private Optional<StoredResult> stored(Path run) throws IOException {
    Optional<byte[]> text = read(new Path(run, StoredResult.NAME));
    return text.isPresent() ? Optional.of(StoredResult.read(text.get())) : Optional.empty();
  }

  private Optional<byte[]> read(Path path) throws IOException {
    try (InputStream file = files.open(path)) {
      return Optional.of(ByteStreams.toByteArray(file));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * What came of a job whose folder is there whole.
   *
   * @throws IOException in one line, if it is another job's of the same name
   */
  Optional<JobResult> finished(Job job) throws IOException {
    Optional<StoredResult> stored = stored(run(job));
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    requireSame(job, stored.get());
    for (Map.Entry<String, Long> file : stored.get().files().entrySet()) {
      if (length(new Path(run(job), file.getKey())) != file.getValue()) {
        return Optional.empty();
      }
    }
    return Optional.of(stored.get().result());
  }

  /** Of a file; less than any where there is none. */
  private long length(Path file) throws IOException {
    try {
      return files.getFileStatus(file).getLen();
    } catch (FileNotFoundException e) {
      return -1;
    }
  }

  /**
   * Puts a run where it belongs, unless it is there.
   *
   * @param folder on this machine, all of which is copied
   * @param result of its job
   * @param attempt a name that no other try of any job has
   * @return what is there then, be it of this try or of another
   */
  JobResult put(java.nio.file.Path folder, JobResult result, String attempt) throws IOException {
    Path mine = new Path(new Path(out, TRIES), attempt);
    try {
      for (int i = 0; i < PUTS; i++) {
        if (!files.exists(mine)) {
          copy(folder, result, mine);
        }
        rename(mine, run(result.job()));
        Optional<JobResult> there = finished(result.job());
        if (there.isPresent()) {
          return there.get();
        }
        files.delete(run(result.job()), true); // what a rename that copies has left unfinished
      }
    } finally {
      files.delete(mine, true);
    }
    throw new IOException(run(result.job()) + ": the run cannot be put there");
  }

  private void copy(java.nio.file.Path folder, JobResult result, Path to) throws IOException {
    files.mkdirs(to.getParent());
    files.copyFromLocalFile(false, true, new Path(folder.toUri()), to);
    String text = StoredResult.of(result, folder).text();
    try (OutputStream file = files.create(new Path(to, StoredResult.NAME))) {
      file.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Some file systems refuse a name that is taken, others put the folder into that folder. */
  private void rename(Path mine, Path run) throws IOException {
    if (files.exists(run)) {
      return;
    }
    try {
      files.rename(mine, run);
    } catch (FileAlreadyExistsException e) {
      // Another try was faster.
    }
    files.delete(new Path(run, mine.getName()), true);
  }

  /** Notes why a try has failed whose executor cannot tell Spark. */
  void noteFailure(Job job, String application, String failure) throws IOException {
    try (OutputStream file = files.create(failureOf(job, application))) {
      file.write(failure.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** What {@link #noteFailure} has noted last. */
  Optional<String> failure(Job job, String application) throws IOException {
    return read(failureOf(job, application)).map(text -> new String(text, StandardCharsets.UTF_8));
  }

  private Path failureOf(Job job, String application) {
    return new Path(new Path(out, TRIES), application + "-" + job.name() + ".txt");
  }

  /** Puts files of this machine among the folders, in place of earlier ones. */
  void putFiles(List<java.nio.file.Path> written) throws IOException {
    for (java.nio.file.Path file : written) {
      files.copyFromLocalFile(false, true, new Path(file.toUri()), out);
    }
  }

  /** Removes what tries of an application have left whose executors have died. */
  void forgetTries(String application) throws IOException {
    Path tries = new Path(out, TRIES);
    if (!files.exists(tries)) {
      return;
    }
    for (FileStatus each : files.listStatus(tries)) {
      if (each.getPath().getName().startsWith(application + "-")) {
        files.delete(each.getPath(), true);
      }
    }
    if (files.listStatus(tries).length == 0) {
      files.delete(tries, false);
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
