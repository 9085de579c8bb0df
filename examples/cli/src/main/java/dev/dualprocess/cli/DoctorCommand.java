package dev.dualprocess.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.dualprocess.cli.advice.Room;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.run.Version;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.Natives;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Processor;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows natives, devices, memory and versions, and which models would fit. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Show natives, devices, memory and versions, and what would fit.")
final class DoctorCommand implements Callable<Integer> {
  private static final double GIB = 1 << 30;

  /** Published models by the number of their parameters, in billions: weights alone decide most. */
  private record Known(String name, double billions) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known("FLUX.1-schnell (transformer, VAE)", 11.89 + 0.08),
          new Known("FLUX.1-dev (transformer, VAE)", 11.90 + 0.08),
          new Known("T5-XXL encoder (needed once a prompt)", 4.76),
          new Known("Sana 1.6B (transformer, autoencoder)", 1.60 + 0.31),
          new Known("Gemma-2 2B (needed once a prompt)", 2.61),
          new Known("Idefics2-8B", 8.40),
          new Known("SmolVLM-256M", 0.256),
          new Known("SmolVLM-500M", 0.507),
          new Known("SmolVLM (2.2B)", 2.246),
          new Known("Qwen2.5-VL-3B", 3.75),
          new Known("Qwen2.5-VL-7B", 8.29),
          new Known("Qwen3-VL-2B", 2.13),
          new Known("Qwen3-VL-4B", 4.44),
          new Known("Qwen3-VL-8B", 8.77));

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    Console console = output.console();
    Map<String, Object> facts = facts();
    facts.forEach((name, value) -> console.say("%-16s %s", name, value));
    console.event("doctor", facts);
    double hostGib = hostMemory() / GIB;
    console.say("");
    console.say(
        "What would fit by its weights alone (GiB), into %.1f GiB of host memory:", hostGib);
    for (Known model : KNOWN) {
      double bf16 = model.billions() * 1e9 * Dtype.BFLOAT16.bytes() / GIB;
      double fp32 = model.billions() * 1e9 * Dtype.FLOAT32.bytes() / GIB;
      console.say(
          "  %-40s bf16 %5.1f %-4s fp32 %5.1f %s",
          model.name(), bf16, fits(bf16, hostGib), fp32, fits(fp32, hostGib));
    }
    tellWhatFits(console);
    return 0;
  }

  private static void tellWhatFits(Console console) {
    List<Room> rooms;
    try {
      rooms = Room.all();
    } catch (IllegalStateException e) {
      return; // without natives; that has been told
    }
    console.say("");
    console.say("What fits here, to distill with (bf16, by what is free now):");
    for (Room room : rooms) {
      room.advice().forEach(line -> console.say("  %s", line));
      console.event("fits", room.toMap());
    }
  }

  private static String fits(double needed, double there) {
    return needed < there ? "yes" : "no";
  }

  private static Map<String, Object> facts() throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("dualprocess", Version.current());
    facts.put(
        "java", System.getProperty("java.version") + ", " + System.getProperty("java.vendor"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    String core = System.getenv("OPENBLAS_CORETYPE");
    facts.put(
        "fp32 products", "OpenBLAS for " + (core == null ? "what it takes this to be" : core));
    if (!Processor.tellsItsCaches()) {
      facts.put("caches", "hidden by the virtual machine: large fp32 products are slower");
    }
    facts.putAll(natives());
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    facts.put("memory", "%.1f GiB".formatted(hostMemory() / GIB));
    facts.put(
        "hub cache", HubCache.ofUser().root() + ", " + HubCache.ofUser().ids().size() + " models");
    return facts;
  }

  /** Libraries and devices, or why there are none; that is when people ask. */
  private static Map<String, Object> natives() {
    Map<String, Object> facts = new LinkedHashMap<>();
    try {
      facts.put("natives", Torch.build() + ", in " + Natives.folder());
      facts.putAll(GpuFacts.read());
      facts.put("memory free", "%.1f GiB".formatted(FreeMemory.bytes(Placement.CPU) / GIB));
    } catch (IllegalStateException e) {
      facts.put("natives", e.getMessage());
      facts.putAll(GpuFacts.others());
    }
    return facts;
  }

  private static double hostMemory() {
    return (double)
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
