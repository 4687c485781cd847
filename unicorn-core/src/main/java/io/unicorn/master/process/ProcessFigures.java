package io.unicorn.master.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.unicorn.launch.workdir.ProcessTable;
import org.jspecify.annotations.Nullable;

/**
 * Reads from {@code /proc} what processes use. Two small files per process, at most once
 * a second. Not thread-safe.
 */
public final class ProcessFigures {

	/**
	 * What a process uses.
	 *
	 * @param rssBytes memory in RAM, 0 if it cannot be read
	 * @param cpuPercent processor time in percent of one processor, 0 or more
	 * @param threads number of threads, 0 if it cannot be read
	 */
	public record Figures(long rssBytes, double cpuPercent, int threads) {

		static final Figures UNKNOWN = new Figures(0, 0, 0);

	}

	/** What a process used until a moment, when it had used so much processor time. */
	private record Sample(long nanos, double cpuSeconds, Figures figures) {

	}

	/**
	 * How long figures are used again. The share of the processors in less time would be
	 * that of one tick or none, and whoever asks often costs no more.
	 */
	private static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();

	private static final double NANOS = 1e9;

	private final Path proc;

	private final ProcessTable table;

	private final Map<Integer, Sample> samples = new HashMap<>();

	/**
	 * Create.
	 * @param proc where the files of processes are, usually {@code /proc}
	 */
	public ProcessFigures(Path proc) {
		this.proc = proc;
		this.table = new ProcessTable(proc);
	}

	/** Forget all processes but these. */
	public void retain(Set<Integer> pids) {
		this.samples.keySet().retainAll(pids);
	}

	/**
	 * Return what a process uses, or what it did when this was asked before, if that was
	 * less than a second ago. Its share of the processors is that since it was asked
	 * before; the first time, it is that since the process was started.
	 * @param nanos the time, as {@link System#nanoTime()} has it
	 */
	public Figures of(int pid, long nanos) {
		Sample before = this.samples.get(pid);
		if (before != null && nanos - before.nanos() < MAX_AGE_NANOS) {
			return before.figures();
		}
		Sample sample = sample(pid, before, nanos);
		this.samples.put(pid, sample);
		return sample.figures();
	}

	private Sample sample(int pid, @Nullable Sample before, long nanos) {
		try {
			ProcessTable.Usage usage = this.table.usage(pid);
			double percent = (before != null)
					? percent(usage.cpuSeconds() - before.cpuSeconds(), (nanos - before.nanos()) / NANOS)
					: percent(usage.cpuSeconds(), uptime() - usage.startSeconds());
			return new Sample(nanos, usage.cpuSeconds(), new Figures(usage.rssBytes(), percent, usage.threads()));
		}
		catch (IOException | IndexOutOfBoundsException | NumberFormatException ex) {
			// It has ended.
			return new Sample(nanos, 0, Figures.UNKNOWN);
		}
	}

	/** Return a share in percent, to one decimal. */
	private static double percent(double used, double seconds) {
		return (seconds > 0) ? Math.round(Math.max(0, used / seconds) * 1000) / 10.0 : 0;
	}

	/** Return the seconds since the start of the system. */
	private double uptime() throws IOException {
		String uptime = Files.readString(this.proc.resolve("uptime"), StandardCharsets.US_ASCII);
		return Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
	}

}
