package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every form of config.json says the same; what does not fit is refused with the reason.
 *
 * @param <C> what config.json is read as
 */
public abstract class ConfigContract<C extends Record> {
  private final Path checkpoint;
  private final Path full;

  @TempDir private Path folder;

  /**
   * The configuration of one family.
   *
   * @param fullsize the real config.json that is changed to see what is refused
   */
  protected ConfigContract(VlmFamily<?> family, String fullsize) {
    this.checkpoint = family.checkpoint();
    this.full = Fixtures.fullsize(fullsize);
  }

  /** Reads a file of the family. */
  @FunctionalInterface
  protected interface Reader {
    /** What the file says. */
    Record read(Path path) throws IOException;
  }

  /** Reads config.json. */
  protected abstract C read(Path path) throws IOException;

  /** The real config.json, unchanged. */
  protected final Path full() {
    return full;
  }

  /** Where a file of the golden cases' checkpoint is. */
  protected final Path stored(String file) {
    return checkpoint.resolve(file);
  }

  /** A changed copy of a JSON file; the next one takes its place. */
  protected final Path changed(Path file, Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) Fixtures.json(file);
    change.accept(root);
    Path path = folder.resolve("config.json");
    Files.writeString(path, JsonMapper.builder().build().writeValueAsString(root));
    return path;
  }

  /** Asserts that the real config.json, so changed, is refused with a reason. */
  protected final void refused(String reason, Consumer<ObjectNode> change) throws IOException {
    refused(reason, full, change, this::read);
  }

  /** The same of any file. */
  protected final void refused(String reason, Path file, Consumer<ObjectNode> change, Reader reader)
      throws IOException {
    Path path = changed(file, change);
    String told = assertThrows(IOException.class, () -> reader.read(path)).getMessage();
    assertTrue(told.startsWith(path.toString()) && told.contains(reason), told);
  }

  @Test
  final void whatIsWrongIsToldInWords() throws IOException {
    BrokenConfigs.assertToldInWords(stored("config.json"), folder, this::read);
  }

  @Test
  final void bothFormsGiveTheSameRecord() throws IOException {
    Path newer = stored("config.transformers5.json");
    assumeTrue(Files.exists(newer), "this family has one form only");
    assertEquals(read(stored("config.json")), read(newer));
  }
}
