package dev.dualprocess.hub;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What a download told. */
final class Heard implements HubListener {
  final AtomicLong bytes = new AtomicLong();
  final List<String> waits = new CopyOnWriteArrayList<>();
  volatile long total = -1;

  @Override
  public void begins(long total, long present) {
    this.total = total;
    bytes.set(present);
  }

  @Override
  public void arrived(long more) {
    bytes.addAndGet(more);
  }

  @Override
  public void waits(String why) {
    waits.add(why);
  }
}
