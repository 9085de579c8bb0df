package dev.dualprocess.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The right to write one blob, which one thread of one process has at a time. The system takes it
 * from a process that dies. The file itself stays, as the hub's own tools leave it.
 */
final class LockFile implements AutoCloseable {
  private static final Map<Path, Semaphore> HERE = new ConcurrentHashMap<>();
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final Semaphore here;
  private @Nullable FileChannel channel;
  private Flock shared = Flock.NONE;

  private LockFile(Semaphore here) {
    this.here = here;
  }

  /**
   * Waits for the right.
   *
   * @param waiting is run once, if somebody else has it
   */
  static LockFile acquire(Path file, Runnable waiting) throws IOException {
    Path folder = Objects.requireNonNull(file.getParent());
    Path path = Files.createDirectories(folder).toRealPath().resolve(file.getFileName());
    Semaphore here = HERE.computeIfAbsent(path, p -> new Semaphore(1));
    boolean told = false;
    while (true) {
      if (here.tryAcquire()) {
        LockFile lock = new LockFile(here);
        if (lock.takenOnDisk(path)) {
          return lock;
        }
        lock.close();
      }
      if (!told) {
        waiting.run();
        told = true;
      }
      Retries.sleep(LOOK_AGAIN);
    }
  }

  private boolean takenOnDisk(Path path) throws IOException {
    try {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      shared = lock == null ? Flock.NONE : Flock.tryLock(path);
      return lock != null && shared != Flock.BUSY;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (FileChannel closing = channel) {
      shared.close();
    } finally {
      here.release();
    }
  }
}
