package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every count and size in a model's JSON files with every extreme value, one each where the soak is
 * not run: the model works as it did, or is refused at once, in one line, with little memory.
 */
public final class ExtremeCounts {
  private static final Logger LOG = LoggerFactory.getLogger(ExtremeCounts.class);
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final List<Long> VALUES =
      List.of(0L, -1L, 1L, 1_000_000L, 1L << 30, (1L << 31) - 1, 1_000_000_000_000_000L);
  private static final int LONG = 40; // entries of a list that no model has
  private static final long MOST_BYTES = 300_000_000;
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final List<String> WORDS_OF_THE_MACHINE =
      List.of("java.", "dev.dualprocess", "Exception", "c10", "torch", "overflow", "tensor a (");

  private final Path model;
  private final Use use;
  private final List<String> wrong = new ArrayList<>();
  private int chosen;
  private int tried;
  private int refused;

  /** Opens a model and lets it do its work. */
  @FunctionalInterface
  private interface Use {
    /** Fails with one line, or does not. */
    void of(Path model) throws IOException;
  }

  private ExtremeCounts(Path model, Use use) {
    this.model = model;
    this.use = use;
  }

  /**
   * Asserts that {@code use} takes or refuses every such model as it should.
   *
   * @param folder of the model; nothing is changed there
   * @param copy where its files are copied to
   * @param records what the files are read as, whose fields may be absent
   */
  public static void assertBounded(
      Path folder,
      Path copy,
      Map<String, Class<? extends Record>> records,
      GeneratorProvider provider)
      throws IOException {
    assertBounded(folder, copy, records, model -> draw(provider, model));
  }

  /** The same of a model that answers. */
  public static void assertBounded(
      Path folder,
      Path copy,
      Map<String, Class<? extends Record>> records,
      VerifierProvider provider)
      throws IOException {
    assertBounded(folder, copy, records, model -> answer(provider, model));
  }

  private static void draw(GeneratorProvider provider, Path model) throws IOException {
    try (PointerScope scope = new PointerScope();
        Generator generator = provider.open(Optional.of(model), Placement.CPU);
        Conditioning text = generator.condition("a cat")) {
      Sampling sampling = generator.defaultSampling().withSteps(2);
      Tensor z = generator.noise(7, 1, sampling.size());
      try (Draft draft = generator.draft(z, 1, text, sampling)) {
        assertEquals(3, draft.image().size(1));
      }
    }
  }

  private static void answer(VerifierProvider provider, Path model) throws IOException {
    try (PointerScope scope = new PointerScope();
        Verifier verifier = provider.open(Optional.of(model), Placement.CPU)) {
      Tensor image = Ops.mul(Noise.randn(1, 1, 3, 56, 56), 0.1);
      verifier.assess(image, VerifierContract.QUESTIONS, VqaSettings.DEFAULT);
      BufferedImage picture = new BufferedImage(56, 56, BufferedImage.TYPE_INT_RGB);
      ((VqaVerifier) verifier).answer(picture, "Is it so?", 2);
    }
  }

  private static void assertBounded(
      Path folder, Path copy, Map<String, Class<? extends Record>> records, Use use)
      throws IOException {
    CopiedFolder.of(folder, copy);
    use.of(copy);
    ExtremeCounts counts = new ExtremeCounts(copy, use);
    for (Path config : counts.configs()) {
      counts.tryAll(config, records.get(copy.relativize(config).toString()));
    }
    assertTrue(
        counts.refused > Soak.times(20), "refused: " + counts.refused + " of " + counts.tried);
    assertEquals(List.of(), counts.wrong, () -> String.join("\n", counts.wrong));
  }

  private List<Path> configs() throws IOException {
    try (Stream<Path> walk = Files.walk(model)) {
      return walk.filter(file -> file.toString().endsWith("config.json")).sorted().toList();
    }
  }

  private void tryAll(Path config, Class<? extends Record> type) throws IOException {
    String stored = Files.readString(config);
    JsonNode root = MAPPER.readTree(config.toFile());
    Set<JsonPointer> fields = new LinkedHashSet<>();
    collect(root, JsonPointer.empty(), fields);
    fields.addAll(integers(type));
    for (JsonPointer field : fields) {
      for (JsonNode value : Soak.some(extremes(root, root.at(field)), chosen++)) {
        JsonNode changed = BrokenConfigs.with(root, field, value);
        Files.writeString(config, changed.toString());
        tryOne(config, field, value);
      }
    }
    Files.writeString(config, stored);
  }

  private static List<JsonPointer> integers(Class<? extends Record> type) {
    return type == null
        ? List.of()
        : Arrays.stream(type.getRecordComponents())
            .filter(part -> List.of(int.class, Integer.class, long.class).contains(part.getType()))
            .map(
                part ->
                    PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(part.getName()))
            .map(JsonPointer.empty()::appendProperty)
            .toList();
  }

  private static void collect(JsonNode node, JsonPointer at, Set<JsonPointer> all) {
    if (node.isIntegralNumber() || isOfIntegers(node)) {
      all.add(at);
    }
    node.properties()
        .forEach(field -> collect(field.getValue(), at.appendProperty(field.getKey()), all));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collect(node.get(i), at.appendIndex(i), all);
    }
  }

  private static boolean isOfIntegers(JsonNode node) {
    return node.isArray() && node.size() > 0 && node.get(0).isIntegralNumber();
  }

  private static List<JsonNode> extremes(JsonNode root, JsonNode value) {
    ArrayNode all = ((ObjectNode) root).arrayNode();
    if (isOfIntegers(value)) {
      all.add(all.arrayNode());
      ArrayNode more = all.arrayNode();
      for (int i = 0; i < LONG; i++) {
        more.add(value.get(0));
      }
      all.add(more);
    } else {
      VALUES.forEach(all::add);
    }
    List<JsonNode> list = new ArrayList<>();
    all.forEach(list::add);
    return list;
  }

  private void tryOne(Path config, JsonPointer field, JsonNode value) throws IOException {
    String how = model.relativize(config) + " " + field + " = " + value;
    tried++;
    long before = PeakResident.restart();
    long start = System.nanoTime();
    String told;
    try {
      told = assertTimeoutPreemptively(SOON, () -> refusal());
    } catch (Throwable e) {
      wrong.add(how + ": " + e);
      return;
    }
    long bytes = PeakResident.bytes() - before;
    long ms = (System.nanoTime() - start) / 1_000_000;
    LOG.debug("{} [{} ms, {} MB] {}", how, ms, bytes / 1_000_000, told);
    if (told.isEmpty()) {
      return;
    }
    refused++;
    if (bytes > MOST_BYTES) {
      wrong.add(how + ": takes " + bytes / 1_000_000 + " MB; " + told);
    }
    if (told.lines().count() != 1 || !names(told, field) || ofTheMachine(told)) {
      wrong.add(how + ": " + told);
    }
  }

  /** A file of the model, or the field; what is not finite is told of elsewhere. */
  private boolean names(String told, JsonPointer field) {
    String name =
        Stream.iterate(field, at -> !at.matches(), JsonPointer::tail)
            .map(JsonPointer::getMatchingProperty)
            .filter(property -> !property.isEmpty() && !property.matches("\\d+"))
            .reduce("", (before, property) -> property);
    return told.contains(model.toString())
        || told.replace(' ', '_').contains(name)
        || told.contains("not finite");
  }

  private static boolean ofTheMachine(String told) {
    return WORDS_OF_THE_MACHINE.stream().anyMatch(withoutFiles(told)::contains);
  }

  private static String withoutFiles(String told) {
    return told.replaceAll("\\S+\\.(safetensors|json)", "");
  }

  private String refusal() {
    try {
      use.of(model);
      return "";
    } catch (IOException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    } catch (Throwable e) {
      return "Exception " + e;
    }
  }
}
