package dev.dualprocess.models;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.spi.LoadOptions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The generator and the verifier that are in memory: one of each, opened when first needed and
 * closed when another is. Used by one thread.
 */
public final class OpenedModels implements AutoCloseable {
  private static final int TEXTS = 32;

  private final LoadOptions drawing;
  private final LoadOptions looking;
  private final Map<String, Conditioning> texts = new LinkedHashMap<>();
  private String generatorId = "";
  private List<String> verifierIds = List.of();
  private @Nullable Generator generator;
  private @Nullable Verifier verifier;
  private volatile Names open = new Names(Optional.empty(), List.of());

  /**
   * Models by their names.
   *
   * @param generator that is open, if one is
   * @param verifiers that are open; several are a committee
   */
  public record Names(Optional<String> generator, List<String> verifiers) {
    /** Copies the list. */
    public Names {
      verifiers = List.copyOf(verifiers);
    }
  }

  /** Nothing is open yet; each will be opened as that says. */
  public OpenedModels(LoadOptions drawing, LoadOptions looking) {
    this.drawing = drawing;
    this.looking = looking;
  }

  /**
   * Whether nothing needs to be opened for that.
   *
   * @param drawn the generator's name, if one is needed
   * @param asked the verifiers' names, empty if none is needed
   */
  public boolean has(Optional<String> drawn, List<String> asked) {
    boolean draws = drawn.map(id -> id.equals(generatorId)).orElse(true);
    return draws && (asked.isEmpty() || asked.equals(verifierIds));
  }

  /**
   * The generator of that name.
   *
   * @throws IOException in one line, if it cannot be opened
   */
  public Generator generator(String id) throws IOException {
    Generator opened = generator;
    if (opened == null || !id.equals(generatorId)) {
      closeGenerator();
      opened = ModelSource.generator(id).open(drawing);
      generator = opened;
      generatorId = id;
      tell();
    }
    return opened;
  }

  /**
   * The verifier of that name, or a committee of several.
   *
   * @throws IOException in one line, if one cannot be opened
   */
  public Verifier verifier(List<String> ids) throws IOException {
    Verifier opened = verifier;
    if (opened == null || !ids.equals(verifierIds)) {
      closeVerifier();
      opened = ModelSource.openVerifier(ModelSource.verifiers(ids), looking);
      verifier = opened;
      verifierIds = List.copyOf(ids);
      tell();
    }
    return opened;
  }

  /** A text as the open generator encodes it; stays this object's. */
  public Conditioning text(Generator by, String text) {
    Conditioning encoded = texts.remove(text);
    if (encoded == null) {
      encoded = by.condition(text);
    }
    texts.put(text, encoded);
    if (texts.size() > TEXTS) {
      texts.remove(texts.keySet().iterator().next()).close();
    }
    return encoded;
  }

  private void tell() {
    open =
        new Names(
            generator == null ? Optional.empty() : Optional.of(generatorId),
            verifier == null ? List.of() : verifierIds);
  }

  /** Which models are open; any thread may ask. */
  public Names open() {
    return open;
  }

  private void closeGenerator() {
    texts.values().forEach(Conditioning::close);
    texts.clear();
    if (generator != null) {
      generator.close();
      generator = null;
      generatorId = "";
      tell();
    }
  }

  private void closeVerifier() {
    if (verifier != null) {
      verifier.close();
      verifier = null;
      verifierIds = List.of();
      tell();
    }
  }

  @Override
  public void close() {
    closeGenerator();
    closeVerifier();
  }
}
