package dev.dualprocess.soak;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.card.CardSettings;
import dev.dualprocess.card.ModelCard;
import dev.dualprocess.cli.ModelFolders;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.evaluate.Benchmark;
import dev.dualprocess.evaluate.JudgedPair;
import dev.dualprocess.evaluate.JudgedRecords;
import dev.dualprocess.evaluate.PromptPair;
import dev.dualprocess.evaluate.PromptPairs;
import dev.dualprocess.evaluate.Row;
import dev.dualprocess.evaluate.Score;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Png;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraInfo;
import dev.dualprocess.lora.format.LoraFormat;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.Models;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.SafeTensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;

/** Everything that the library reads, made in a folder of its own. */
final class Readers {
  private static final LoadOptions CPU = LoadOptions.at(Placement.CPU);
  private static final ImageSize SIZE = ImageSize.square(64);

  private final Path work;

  Readers(Path work) {
    this.work = work;
  }

  /** All of them, in an order that stays. */
  List<Reader> all() throws IOException {
    return List.of(
        safetensors(),
        index(),
        pictures(),
        loras(),
        compositions(),
        records(),
        judged(),
        runFolders(),
        checkpoints(),
        generator("config of FLUX", "tiny-flux-schnell", 4_000),
        generator("config of FLUX dev", "tiny-flux-dev", 2_000),
        generator("config of Sana", "tiny-sana", 3_000),
        verifier("config of Qwen2.5-VL", "tiny-qwen25vl", 3_000),
        verifier("config of Idefics2", "tiny-idefics2", 3_000),
        verifier("config of SmolVLM", "tiny-smolvlm", 3_000),
        weights());
  }

  private Path copy(String fixture, String name) throws IOException {
    Path to = work.resolve(name);
    CopiedFolder.of(Fixtures.path(fixture), to);
    return to;
  }

  private Reader safetensors() throws IOException {
    Path folder = Files.createDirectories(work.resolve("safetensors"));
    List<Input> inputs = new ArrayList<>();
    for (String one :
        List.of(
            "tiny-flux-schnell/text_encoder/model.safetensors",
            "trajectories/schnell_qwen_overlay/pytorch_lora_weights_with_metadata.safetensors")) {
      Path file = Files.copy(Fixtures.path(one), folder.resolve(Path.of(one).getFileName()));
      inputs.add(Input.of(file, new DamagedSafeTensors(), () -> everyTensor(file)));
    }
    return new Reader("safetensors", 30_000, inputs);
  }

  private static void everyTensor(Path file) throws IOException {
    try (SafeTensorsFile weights = SafeTensorsFile.open(file);
        PointerScope scope = new PointerScope()) {
      weights.names().forEach(weights::tensor);
    }
  }

  private Reader index() throws IOException {
    Path folder = ModelFolders.copyOfGenerator(work.resolve("index")).resolve("transformer");
    ModelFolders.shard(folder, "shard-1.safetensors", "shard-2.safetensors");
    Path index = folder.resolve(ModelFolders.WEIGHTS + ".index.json");
    Input.Reading reading = () -> Checkpoint.open(folder).close();
    return new Reader("index", 6_000, List.of(Input.of(index, new DamagedJson(), reading)));
  }

  private Reader pictures() throws IOException {
    Path folder = Files.createDirectories(work.resolve("pictures"));
    List<Input> inputs = new ArrayList<>();
    for (Path file : Pictures.write(folder)) {
      boolean png = file.toString().endsWith("png");
      Damage ofBytes = Damage.any(new DamagedBytes(), new DamagedBytes(64));
      Damage damage = png ? Damage.any(new DamagedPng(), ofBytes) : ofBytes;
      inputs.add(Input.of(file, damage, () -> picture(file, png)));
    }
    return new Reader("pictures", 24_000, inputs);
  }

  private static void picture(Path file, boolean png) throws IOException {
    PictureFile.read(file);
    if (png) {
      Png.readTexts(file);
    }
  }

  private Reader loras() throws IOException {
    Path folder = Files.createDirectories(work.resolve("loras"));
    Path to = work.resolve("converted.safetensors");
    List<Input> inputs = new ArrayList<>();
    for (Path lora : LoraSamples.write(folder)) {
      Path file = Files.isDirectory(lora) ? lora.resolve("adapter_model.safetensors") : lora;
      inputs.add(Input.of(file, new DamagedSafeTensors(), () -> lora(lora, to)));
      if (Files.isDirectory(lora)) {
        Path config = lora.resolve("adapter_config.json");
        inputs.add(Input.of(config, new DamagedJson(), () -> lora(lora, to)));
      }
    }
    return new Reader("LoRAs", 8_000, inputs);
  }

  private static void lora(Path file, Path to) throws IOException {
    LoraInfo.of(file);
    Lora.load(file).close();
    LoraFormat.DIFFUSERS.convert(file, to);
  }

  private Reader compositions() throws IOException {
    Path folder = Files.createDirectories(work.resolve("compositions"));
    Pictures.write(folder);
    Path file =
        Files.writeString(
            folder.resolve("composition.json"),
            """
            {"painting": "rgb.png", "annotations": [{"arrow": [0.1, 0.2, 0.8, 0.9]},
             {"box": [0.2, 0.2, 0.5, 0.3]}, {"text": "sky", "at": [0.5, 0.1]}]}""");
    Input.Reading reading = () -> VisualPrompt.composition(file).draw(SIZE);
    return new Reader("compositions", 6_000, List.of(Input.of(file, new DamagedJson(), reading)));
  }

  private Reader records() throws IOException {
    Path folder = Files.createDirectories(work.resolve("records"));
    String record =
        """
        {"prompt1": "ice", "prompt2": "water", "description1": "a", "description2": "b", \
        "category": "Laws"}""";
    Path lines = Files.writeString(folder.resolve("records.jsonl"), record + "\n" + record + "\n");
    Path array = Files.writeString(folder.resolve("records.json"), "[" + record + "]");
    return new Reader(
        "benchmark records",
        8_000,
        List.of(
            Input.of(lines, new DamagedBytes(), () -> PromptPairs.read(lines.toString())),
            Input.of(array, new DamagedJson(), () -> PromptPairs.read(array.toString()))));
  }

  /** What a run of the benchmark has judged, read again by {@code --resume}. */
  private Reader judged() throws IOException {
    Path folder = RunSamples.benchmark(work.resolve("benchmark"));
    List<PromptPair> pairs = PromptPairs.read(PromptPairs.SAMPLE);
    Path file = folder.resolve("records/0000.json");
    Input.Reading reading =
        () -> {
          JudgedRecords<JudgedPair> found = JudgedRecords.ofPairs(folder);
          Score.of(new Benchmark<>(pairs, found, new RunListener() {}).judged(), List.of(Row.BASE));
        };
    return new Reader("judged records", 4_000, List.of(Input.of(file, new DamagedJson(), reading)));
  }

  private Reader runFolders() throws IOException {
    Path run = RunSamples.distillation(work.resolve("run"));
    Path config = run.resolve("config.json");
    Path picture = run.resolve("before-after.png");
    Path lock = Files.writeString(run.resolve(".lock"), "{\"pid\":1,\"host\":\"elsewhere\"}");
    return new Reader(
        "run folders",
        3_000,
        List.of(
            Input.of(config, new DamagedJson(), () -> again(run)),
            Input.of(config, new DamagedJson(), () -> card(run)),
            Input.of(run.resolve("results.json"), new DamagedJson(), () -> card(run)),
            Input.of(run.resolve("lora.safetensors"), new DamagedSafeTensors(), () -> card(run)),
            Input.of(picture, new DamagedPng(), () -> again(run)),
            Input.of(lock, new DamagedJson(), () -> again(run))));
  }

  /** As a command that writes into a folder where something stands. */
  private static void again(Path run) throws IOException {
    try (RunFolder folder = RunFolder.open(run)) {
      folder.requireNoOtherPicture("before-after", Map.of("seed", 1));
      folder.requireSameConfig(Map.of("prompt", RunSamples.PROMPT.text()), List.of());
    }
  }

  private void card(Path run) throws IOException {
    ModelCard.of(run, CardSettings.of("other")).write(work.resolve("card"));
  }

  private Reader checkpoints() throws IOException {
    Path folder = Files.createDirectories(work.resolve("checkpoint"));
    ModelPair pair = RunSamples.pair();
    try (Distillation begun = RunSamples.distillation(pair)) {
      begun.run();
      begun.save(folder);
    }
    Path state = folder.resolve("state.safetensors");
    return new Reader(
        "checkpoint state",
        4_000,
        List.of(Input.of(state, new DamagedSafeTensors(), () -> resume(pair, folder))));
  }

  private static void resume(ModelPair pair, Path folder) throws IOException {
    try (Distillation resumed = RunSamples.distillation(pair);
        Lora lora = resumed.lora()) {
      resumed.resume(folder);
    }
  }

  private Reader generator(String name, String fixture, int share) throws IOException {
    Path folder = copy(fixture, fixture);
    return new Reader(name, share, configs(folder, () -> draw(folder)));
  }

  private Reader verifier(String name, String fixture, int share) throws IOException {
    Path folder = copy(fixture, fixture);
    return new Reader(name, share, configs(folder, () -> look(folder)));
  }

  /** Tokenizers themselves have a reader of their own. */
  private static List<Input> configs(Path folder, Input.Reading reading) throws IOException {
    List<Input> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith("config.json") || name.equals("model_index.json")) {
          inputs.add(Input.of(file, new DamagedJson(), reading));
        }
      }
    }
    return inputs;
  }

  private static void draw(Path folder) throws IOException {
    try (Generator generator = Models.generator(folder.toString(), CPU);
        Conditioning text = generator.condition("a cat")) {
      generator.generate(text, generator.defaultSampling().withSize(SIZE).withSteps(1), 0);
    }
  }

  private static void look(Path folder) throws IOException {
    try (Verifier verifier = Models.verifier(folder.toString(), CPU);
        PointerScope scope = new PointerScope()) {
      verifier.assess(
          Noise.randn(0, 1, 3, 64, 64).tanh(),
          List.of(new Question("Is it a cat?", "Yes")),
          VqaSettings.DEFAULT);
    }
  }

  /** Weights of a whole model whose headers lie. */
  private Reader weights() throws IOException {
    Path generator = copy("tiny-flux-schnell", "weights-of-generator");
    Path verifier = copy("tiny-qwen25vl", "weights-of-verifier");
    List<Input> inputs = new ArrayList<>();
    for (String part :
        List.of(
            "transformer/" + ModelFolders.WEIGHTS,
            "vae/" + ModelFolders.WEIGHTS,
            "text_encoder/model.safetensors")) {
      inputs.add(
          Input.of(generator.resolve(part), new DamagedSafeTensors(), () -> draw(generator)));
    }
    Path model = verifier.resolve("model.safetensors");
    inputs.add(Input.of(model, new DamagedSafeTensors(), () -> look(verifier)));
    return new Reader("weights of models", 2_000, inputs);
  }
}
