package io.unicorn.sample.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the figures of a process from {@code /proc}.
 */
public final class ProcFile {

	private static final double KIBIBYTES_PER_MEBIBYTE = 1024;

	private ProcFile() {
	}

	/** Resident memory in MiB. */
	public static double rss(long pid) throws IOException {
		return mebibytes(Files.readString(Path.of("/proc/" + pid + "/status")), "VmRSS");
	}

	/** Proportional memory in MiB: each shared page is divided among its processes. */
	public static double pss(long pid) throws IOException {
		return mebibytes(Files.readString(Path.of("/proc/" + pid + "/smaps_rollup")), "Pss");
	}

	static double mebibytes(String content, String name) {
		Matcher matcher = Pattern.compile("^" + name + ":\\s+(\\d+) kB$", Pattern.MULTILINE).matcher(content);
		if (!matcher.find()) {
			throw new IllegalArgumentException("There is no " + name + " in " + content);
		}
		return Long.parseLong(matcher.group(1)) / KIBIBYTES_PER_MEBIBYTE;
	}

	/**
	 * Processor time of the current threads of a process, in nanoseconds. {@code stat}
	 * counts hundredths of a second, too coarse for an idle process.
	 */
	public static Duration cpu(long pid) throws IOException {
		long nanos = 0;
		try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
			for (Path thread : threads) {
				nanos += runNanos(thread);
			}
		}
		return Duration.ofNanos(nanos);
	}

	private static long runNanos(Path thread) throws IOException {
		try {
			return firstNumber(Files.readString(thread.resolve("schedstat")));
		}
		catch (NoSuchFileException ex) {
			// The thread has ended since the directory was read.
			return 0;
		}
	}

	static long firstNumber(String content) {
		return Long.parseLong(content.strip().split("\\s+", 2)[0]);
	}

	/** The load average of the last minute. */
	static double load() throws IOException {
		return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
	}

	static String processor() throws IOException {
		Matcher matcher = Pattern.compile("^model name\\s*:\\s*(.+)$", Pattern.MULTILINE)
			.matcher(Files.readString(Path.of("/proc/cpuinfo")));
		return matcher.find() ? matcher.group(1) : System.getProperty("os.arch");
	}

}
