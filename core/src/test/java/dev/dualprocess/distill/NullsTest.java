package dev.dualprocess.distill;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.dualprocess.Assessment;
import dev.dualprocess.Check;
import dev.dualprocess.CommitteeVerifier;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Critique;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.EncodedPrompt;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.SafeTensorsFile;
import java.awt.image.BufferedImage;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** What is missing is told by its name, by the call that was given nothing. */
@SuppressWarnings("NullAway") // that is what this is about
class NullsTest extends ToyRuns {
  private static final Conditioning TEXT = new ToyGenerator(SIZE).condition("a toy");

  private Stream<Record> records() {
    DistillSettings settings = settings(3);
    VisualPrompt drawing = VisualPrompt.horizon(0.5);
    Question question = new Question("Is it?", "Yes");
    return Stream.of(
        PROMPT,
        question,
        new Check(question, Optional.of(drawing)),
        VqaSettings.DEFAULT,
        settings,
        settings.sampling(),
        settings.lora(),
        settings.presentation(),
        settings.regularisation(),
        Placement.CPU,
        LoadOptions.at(Placement.CPU),
        Assessment.ofLoss(1, ""),
        new Critique(List.of(), new Tensor()),
        new EncodedPrompt(PROMPT, TEXT),
        new ModelPair(generator, List.of(TEXT), verifier));
  }

  @TestFactory
  Stream<DynamicTest> recordsNameTheComponent() {
    return records()
        .flatMap(
            whole ->
                Arrays.stream(whole.getClass().getRecordComponents())
                    .filter(component -> !component.getType().isPrimitive())
                    .map(
                        component ->
                            DynamicTest.dynamicTest(
                                whole.getClass().getSimpleName() + "." + component.getName(),
                                () -> refusesWithout(component, whole))));
  }

  private static void refusesWithout(RecordComponent missing, Record whole)
      throws ReflectiveOperationException {
    RecordComponent[] components = whole.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          components[i].getName().equals(missing.getName())
              ? null
              : components[i].getAccessor().invoke(whole);
    }
    Constructor<?> canonical =
        whole
            .getClass()
            .getConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    try {
      canonical.newInstance(values);
      fail("null was taken");
    } catch (InvocationTargetException e) {
      assertNames(missing.getName(), e.getCause());
    }
  }

  private static void assertNames(String name, Throwable told) {
    assertTrue(told instanceof NullPointerException, told::toString);
    assertTrue(String.valueOf(told.getMessage()).contains(name), told::toString);
    assertTrue(!String.valueOf(told.getMessage()).contains("because"), told::toString);
  }

  private Stream<Named<Executable>> calls() {
    DistillationBuilder builder = Distillation.of(generator, verifier, PROMPT);
    LoadOptions how = LoadOptions.at(Placement.CPU);
    BufferedImage picture = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    var sampling = generator.defaultSampling();
    return Stream.of(
        Named.of("text", () -> Prompt.of(null)),
        Named.of("text", () -> PROMPT.check(null, "Yes")),
        Named.of("answer", () -> PROMPT.check("Is it?", null)),
        Named.of("visualPrompt", () -> PROMPT.check("Is it?", "Yes", null)),
        Named.of("check", () -> PROMPT.check(null)),
        Named.of("generator", () -> Distillation.of(null, verifier, PROMPT)),
        Named.of("verifier", () -> Distillation.of(generator, null, PROMPT)),
        Named.of("prompt", () -> Distillation.of(generator, verifier, null)),
        Named.of("settings", () -> builder.settings(null)),
        Named.of("size", () -> builder.size(null)),
        Named.of("listener", () -> builder.listener(null)),
        Named.of("noise", () -> builder.noise(null)),
        Named.of("conditioning", () -> builder.conditioning(null)),
        Named.of("prompt", () -> builder.also(null)),
        Named.of("initialLora", () -> builder.initialLora(null)),
        Named.of("sampledSteps", () -> builder.sampledSteps(null)),
        Named.of("sampling", () -> DistillSettings.paper(null)),
        Named.of("sampling", () -> DistillSettings.authors(null)),
        Named.of("size", () -> sampling.withSize(null)),
        Named.of("text", () -> generator.generate((String) null, sampling, 1)),
        Named.of("sampling", () -> generator.generate("a toy", null, 1)),
        Named.of("conditioning", () -> generator.generate((Conditioning) null, sampling, 1)),
        Named.of("noise", () -> generator.generate((Tensor) null, TEXT, sampling)),
        Named.of("size", () -> generator.noise(1, 1, null)),
        Named.of("lora", () -> generator.loraTargets().attach(null, 1)),
        Named.of("lora", () -> generator.loraTargets().merge(null, 1)),
        Named.of("settings", () -> generator.loraTargets().create(null, 1)),
        Named.of("path", () -> Lora.load(null)),
        Named.of("lora", () -> Lora.stack((Lora) null)),
        Named.of("device", () -> Placement.on(null)),
        Named.of("placement", () -> LoadOptions.at(null)),
        Named.of("pathOrId", () -> Models.generator(null, how)),
        Named.of("how", () -> Models.generator("tiny", null)),
        Named.of("pathOrId", () -> Models.verifier(null, how)),
        Named.of("how", () -> Models.verifier("tiny", null)),
        Named.of("verifier", () -> Models.pair("tiny", null, how, PROMPT)),
        Named.of("prompt", () -> Models.pair("tiny", "tiny", how, (Prompt) null)),
        Named.of("colors", () -> VisualPrompt.palette(null)),
        Named.of("painting", () -> VisualPrompt.composition(null, List.of())),
        Named.of("file", () -> VisualPrompt.composition(null)),
        Named.of("drawing", () -> VisualPrompt.drawing(null, OverlayMode.SOLID)),
        Named.of("mode", () -> VisualPrompt.drawing(picture, null)),
        Named.of("path", () -> VisualPrompt.file(null, OverlayMode.SOLID)),
        Named.of("text", () -> ImageSize.parse(null)),
        Named.of("members", () -> new CommitteeVerifier(null)),
        Named.of("examiner", () -> new Evaluation(generator, null, TEXT, sampling)),
        Named.of("folder", () -> RunFolder.open(null)),
        Named.of("path", () -> Png.read(null)),
        Named.of("picture", () -> Png.write(Path.of("x.png"), null, Map.of())),
        Named.of("folder", () -> Tokenizer.open(null)),
        Named.of("folder", () -> Checkpoint.open(null)),
        Named.of("path", () -> SafeTensorsFile.open(null)));
  }

  @TestFactory
  Stream<DynamicTest> callsNameTheArgument() {
    return calls()
        .map(
            call ->
                DynamicTest.dynamicTest(
                    call.getName(),
                    () ->
                        assertNames(
                            call.getName(),
                            assertThrows(NullPointerException.class, call.getPayload()))));
  }
}
