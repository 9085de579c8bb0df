package dev.dualprocess.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.FileProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One writer at a time in a folder. {@code .lock} there is locked by the system for as long as its
 * process lives, and says whose it is; where the system cannot lock, the process that it names is
 * looked for. A killed process leaves a file that hinders nobody on its own machine.
 */
final class FolderLock implements AutoCloseable {
  static final String NAME = ".lock";

  private static final int ATTEMPTS = 10;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<Path> HELD_HERE = new HashSet<>();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Claims a folder that exists.
   *
   * @throws IOException in one line that says who writes there, if somebody does
   */
  static FolderLock claim(Path folder) throws IOException {
    Path real = folder.toRealPath();
    synchronized (HELD_HERE) {
      // Asked first: to close any channel of a file gives up all that a process holds of it.
      if (!HELD_HERE.add(real)) {
        throw new IOException(
            folder + ": this program is writing there already; choose another --out");
      }
    }
    try {
      return new FolderLock(real, locked(folder));
    } catch (IOException | RuntimeException e) {
      release(real);
      throw e;
    }
  }

  private static void release(Path folder) {
    synchronized (HELD_HERE) {
      HELD_HERE.remove(folder);
    }
  }

  private static FileChannel locked(Path folder) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      FileChannel channel = attempt(folder);
      if (channel != null) {
        return channel;
      }
    }
    throw new IOException(folder + ": others come and go there; choose another --out");
  }

  /** The locked file; null if its last holder took it away before it was locked. */
  private static @Nullable FileChannel attempt(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    Object key = key(file, true);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      refuseIfHeld(folder, channel);
      if (!Objects.equals(key, key(file, false))) {
        channel.close();
        return null;
      }
      write(channel, file, me().toString());
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Which file it is, whatever its name; null where the system cannot tell, or there is none. */
  private static @Nullable Object key(Path file, boolean make) throws IOException {
    try {
      if (make && !Files.exists(file)) {
        Files.createFile(file);
      }
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
    }
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void refuseIfHeld(Path folder, FileChannel channel) throws IOException {
    boolean canLock = true;
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (IOException e) {
      canLock = false;
    }
    JsonNode holder = read(channel);
    long pid = holder.path("pid").asLong();
    String host = holder.path("host").asText();
    boolean elsewhere = pid != 0 && !host.equals(ThisHost.name());
    boolean alive = ProcessHandle.of(pid).isPresent();
    if (canLock && lock == null) {
      String who = pid == 0 ? "another process" : "process " + pid + " on " + host;
      throw new IOException(
          folder + ": " + who + " is writing there; wait for it, or choose another --out");
    }
    if (elsewhere || (!canLock && alive)) {
      throw new IOException(
          "%s: process %d on %s began to write there; if it has ended, delete %s"
              .formatted(folder, pid, host, folder.resolve(NAME)));
    }
  }

  /** What an unlocked or foreign file says; nothing where it may not be read or is broken. */
  private static JsonNode read(FileChannel channel) {
    try {
      ByteBuffer text = ByteBuffer.allocate(1024);
      channel.read(text, 0);
      JsonNode read = MAPPER.readTree(text.array(), 0, text.position());
      return read == null ? MissingNode.getInstance() : read;
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private static ObjectNode me() {
    return MAPPER
        .createObjectNode()
        .put("pid", ProcessHandle.current().pid())
        .put("host", ThisHost.name());
  }

  private static void write(FileChannel channel, Path file, String text) throws IOException {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      throw FileProblem.unwritten(file, e);
    }
  }

  /** Gives the folder free. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try (FileChannel closing = channel) {
      closing.truncate(0); // where an open file cannot be deleted
      Files.deleteIfExists(folder.resolve(NAME));
    } catch (IOException e) {
      // The folder may be gone; nobody else can be in it then.
    } finally {
      release(folder);
    }
  }
}
