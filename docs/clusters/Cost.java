import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * What many jobs cost on some devices: each worker starts, opens its models, and takes the next job
 * until there are none. {@code java docs/clusters/Cost.java JOBS SECONDS SPREAD START FAIL}: seconds
 * of a job (log-normal with that relative spread), of a worker's start, and the part of jobs that
 * end their process somewhere on the way, to be done again by a new one.
 */
final class Cost {
  public static void main(String[] args) {
    int jobs = Integer.parseInt(args[0]);
    double seconds = Double.parseDouble(args[1]);
    double spread = Double.parseDouble(args[2]);
    double start = Double.parseDouble(args[3]);
    double fail = Double.parseDouble(args[4]);
    System.out.println("| devices | hours | device hours | starts | waiting at the end |");
    System.out.println("|---|---|---|---|---|");
    for (int devices : new int[] {1, 8, 64}) {
      System.out.println(row(devices, jobs, seconds, spread, start, fail));
    }
  }

  private static String row(
      int devices, int jobs, double seconds, double spread, double start, double fail) {
    Random random = new Random(1);
    PriorityQueue<Double> free = new PriorityQueue<>();
    double starting = 0;
    for (int i = 0; i < devices; i++) {
      free.add(start);
      starting += start;
    }
    double sigma = Math.sqrt(Math.log(1 + spread * spread));
    double end = 0;
    double busy = 0;
    for (int left = jobs; left > 0; left--) {
      double takes = seconds * Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
      if (random.nextDouble() < fail) {
        takes += takes * random.nextDouble() + start;
        starting += start;
      }
      double done = free.remove() + takes;
      free.add(done);
      busy += takes;
      end = Math.max(end, done);
    }
    double all = end * devices;
    double waiting = all - busy - devices * start;
    return String.format(
        Locale.ROOT,
        "| %d | %.2f | %.1f | %.1f %% | %.1f %% |",
        devices, end / 3600, all / 3600, 100 * starting / all, 100 * waiting / all);
  }
}
