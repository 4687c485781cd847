package io.unicorn.launch.plan;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.launch.workdir.WorkDir;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the file of a {@link LaunchPlan}. One process writes it, and another
 * one of the same version reads it once.
 */
public final class LaunchPlanFile {

	/** Changes with every change of the format. */
	private static final int MAGIC = 0x554e4907;

	/** Limit of a list, so that a damaged file does not exhaust the memory. */
	private static final int MAX_ENTRIES = 100_000;

	private LaunchPlanFile() {
	}

	/**
	 * Write a plan into a file with mode 0600, in place of an existing file.
	 */
	public static void write(LaunchPlan plan, Path file) throws IOException {
		Files.deleteIfExists(file);
		Files.createFile(file, WorkDir.PRIVATE_FILE);
		try (OutputStream stream = Files.newOutputStream(file); DataOutputStream out = new DataOutputStream(stream)) {
			write(plan, out);
		}
	}

	/**
	 * Write a plan as a part of another file.
	 */
	public static void write(LaunchPlan plan, DataOutputStream out) throws IOException {
		out.writeInt(MAGIC);
		writeString(out, plan.application());
		writeList(out, entries(plan.settings().toMap()));
		out.writeInt(plan.autoWorkers());
		out.writeInt(plan.bindings().addresses().size());
		for (ListenAddress address : plan.bindings().addresses()) {
			writeString(out, address.name());
			writeString(out, address.bind().toString());
			out.writeInt(address.options().backlog());
			out.writeBoolean(address.options().reusePort());
			out.writeInt(address.options().mode());
			writeString(out, address.options().owner());
		}
		out.writeInt(plan.bindings().listeners().size());
		for (Map.Entry<String, Integer> listener : plan.bindings().listeners().entrySet()) {
			writeString(out, listener.getKey());
			out.writeInt(listener.getValue());
		}
		writeList(out, plan.bindings().passed());
		writeString(out, plan.workers().java());
		writeString(out, plan.workers().command().executable());
		writeList(out, plan.workers().command().options());
		writeList(out, plan.workers().command().main());
		Generation generation = plan.workers().generation();
		writeList(out, (generation == null) ? List.of() : List.of(generation.id(), generation.directory().toString(),
				generation.jar().toString(), generation.form().name()));
		writeList(out, plan.workers().options());
		writeList(out, plan.workers().environment());
		writeList(out, plan.workers().exclusiveFlags());
		writeString(out, plan.master().workDir());
		writeList(out, plan.master().classPath());
		writeOptional(out, plan.master().nativeDirectory());
		writeList(out, plan.master().pidFiles());
		writeOptional(out, plan.master().log().file());
		writeList(out, plan.master().log().output());
		writeList(out, plan.master().log().inFile());
		writeList(out, entries(plan.master().portFiles()));
		LaunchPlan.Probe probe = plan.master().probe();
		writeOptional(out, (probe != null) ? probe.address().toString() : null);
		out.writeInt((probe != null) ? probe.minReady() : 0);
		writeList(out, entries(plan.master().hooks().toMap()));
		writeList(out, plan.notices());
	}

	/**
	 * Read a plan, and delete its file, also on failure: it may contain secrets from the
	 * command line.
	 * @throws IOException if the file cannot be read or is of another version
	 */
	public static LaunchPlan take(Path file) throws IOException {
		try (InputStream stream = Files.newInputStream(file); DataInputStream in = new DataInputStream(stream)) {
			return read(in, file.toString());
		}
		finally {
			Files.deleteIfExists(file);
		}
	}

	/**
	 * Read a plan that is a part of another file.
	 * @param source name of that file, for the message of the exception
	 * @throws IOException if the plan is damaged or of another version
	 */
	public static LaunchPlan read(DataInputStream in, String source) throws IOException {
		try {
			if (in.readInt() != MAGIC) {
				throw new IOException(source + " is not a launch plan of this version");
			}
			return read(in);
		}
		catch (EOFException ex) {
			throw new IOException("the launch plan is cut off", ex);
		}
		catch (IllegalArgumentException ex) {
			throw new IOException("the launch plan is damaged: " + ex.getMessage(), ex);
		}
	}

	private static LaunchPlan read(DataInputStream in) throws IOException {
		String application = readString(in);
		PoolSettings settings = PoolSettings.of(map(readList(in)));
		int autoWorkers = in.readInt();
		List<ListenAddress> addresses = new ArrayList<>();
		int addressCount = readCount(in);
		for (int i = 0; i < addressCount; i++) {
			addresses.add(new ListenAddress(readString(in), bindAddress(readString(in)),
					new ListenAddress.Options(in.readInt(), in.readBoolean(), in.readInt(), readString(in))));
		}
		Map<String, Integer> listeners = new LinkedHashMap<>();
		int count = readCount(in);
		for (int i = 0; i < count; i++) {
			listeners.put(readString(in), in.readInt());
		}
		List<String> passed = readList(in);
		String java = readString(in);
		JavaCommandLine command = new JavaCommandLine(readString(in), readList(in), readList(in));
		return new LaunchPlan(application, settings, autoWorkers, new LaunchPlan.Bindings(addresses, listeners, passed),
				new LaunchPlan.Workers(java, command, generation(readList(in)), readList(in), readList(in),
						readList(in)),
				new LaunchPlan.Master(readString(in), readList(in), readOptional(in), readList(in),
						new MasterLog(readOptional(in), readList(in), readList(in)), map(readList(in)),
						probe(readOptional(in), in.readInt()), HookSettings.of(map(readList(in)))),
				readList(in));
	}

	private static BindAddress bindAddress(String text) {
		BindAddress address = BindAddress.parse(text);
		if (address == null) {
			throw new IllegalArgumentException("no address to listen on: " + text);
		}
		return address;
	}

	private static @Nullable Generation generation(List<String> fields) throws IOException {
		if (fields.isEmpty()) {
			return null;
		}
		if (fields.size() != 4) {
			throw new IOException("the launch plan is damaged");
		}
		return new Generation(fields.get(0), Path.of(fields.get(1)), Path.of(fields.get(2)),
				Generation.Form.valueOf(fields.get(3)));
	}

	private static LaunchPlan.@Nullable Probe probe(@Nullable String address, int minReady) {
		ProbeAddress parsed = (address != null) ? ProbeAddress.parse(address) : null;
		return (parsed != null) ? new LaunchPlan.Probe(parsed, minReady) : null;
	}

	private static void writeOptional(DataOutputStream out, @Nullable String string) throws IOException {
		writeList(out, (string != null) ? List.of(string) : List.of());
	}

	private static @Nullable String readOptional(DataInputStream in) throws IOException {
		List<String> list = readList(in);
		return list.isEmpty() ? null : list.get(0);
	}

	private static List<String> entries(Map<String, String> map) {
		List<String> entries = new ArrayList<>();
		map.forEach((name, value) -> {
			entries.add(name);
			entries.add(value);
		});
		return entries;
	}

	private static Map<String, String> map(List<String> entries) {
		Map<String, String> map = new LinkedHashMap<>();
		for (int i = 0; i + 1 < entries.size(); i += 2) {
			map.put(entries.get(i), entries.get(i + 1));
		}
		return map;
	}

	private static void writeList(DataOutputStream out, List<String> list) throws IOException {
		out.writeInt(list.size());
		for (String string : list) {
			writeString(out, string);
		}
	}

	private static List<String> readList(DataInputStream in) throws IOException {
		int count = readCount(in);
		List<String> list = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			list.add(readString(in));
		}
		return list;
	}

	private static int readCount(DataInputStream in) throws IOException {
		int count = in.readInt();
		if (count < 0 || count > MAX_ENTRIES) {
			throw new IOException("the launch plan is damaged");
		}
		return count;
	}

	private static void writeString(DataOutputStream out, String string) throws IOException {
		byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	private static String readString(DataInputStream in) throws IOException {
		int length = in.readInt();
		if (length < 0) {
			throw new IOException("the launch plan is damaged");
		}
		byte[] bytes = in.readNBytes(length);
		if (bytes.length != length) {
			throw new IOException("the launch plan is cut off");
		}
		return new String(bytes, StandardCharsets.UTF_8);
	}

}
