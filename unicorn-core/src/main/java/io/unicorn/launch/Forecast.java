package io.unicorn.launch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * What the last start of an application has made of its configuration. By it the next
 * start can launch its first worker before it has read its own configuration; whether
 * that was right turns out when it has, or when the worker has. It may be lost, damaged
 * or wrong at any time.
 *
 * <p>
 * It holds nothing of the command line, which may have secrets, nor of the environment.
 * It is good for one jar file, one JDK and one set of JVM flags but system properties, of
 * which it holds a checksum.
 */
public final class Forecast {

	private static final String PREFIX = "forecast-";

	private final WorkDir workDir;

	public Forecast(WorkDir workDir) {
		this.workDir = workDir;
	}

	/**
	 * What is expected.
	 *
	 * @param plan the plan, without listeners
	 * @param grounds what it was made of, or {@code null} if the last start has to be
	 * repeated step by step
	 */
	public record Expectation(LaunchPlan plan, @Nullable Grounds grounds) {

		/**
		 * Return the grounds, if there are any that may be relied on.
		 */
		public Optional<Grounds> firmGrounds() {
			return Optional.ofNullable(this.grounds).filter((present) -> !present.isShaken());
		}

	}

	/**
	 * What a plan was made of, as digests. If both are the same, so is the plan.
	 *
	 * @param configuration what was found in the environment of the application
	 * @param surroundings everything else
	 */
	public record Grounds(String configuration, String surroundings) {

		/** Of an application that is not to be relied on. */
		public static final Grounds SHAKEN = new Grounds("", "");

		/**
		 * Whether these are {@link #SHAKEN}.
		 */
		public boolean isShaken() {
			return equals(SHAKEN);
		}

		/**
		 * Return the digest of a text.
		 */
		public static String digest(String text) {
			return HexFormat.of().formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
		}

	}

	/**
	 * Return what the plan of this start is expected to be.
	 * @param command the command line of this process
	 * @param jvmVariables what it has of environment entries with JVM options
	 * @param java the {@code java} program that it is to be launched with, in byte form
	 * @param generation what is to run
	 */
	public Optional<Expectation> read(JavaCommandLine command, List<String> jvmVariables, String java,
			Generation generation) {
		try {
			byte[] content = Files.readAllBytes(file(command));
			byte[] key = key(command, jvmVariables, java);
			if (!Arrays.equals(key, 0, key.length, content, 0, Math.min(key.length, content.length))) {
				return Optional.empty();
			}
			DataInputStream in = new DataInputStream(
					new ByteArrayInputStream(content, key.length, content.length - key.length));
			Grounds grounds = in.readBoolean() ? new Grounds(in.readUTF(), in.readUTF()) : null;
			LaunchPlan last = LaunchPlanFile.read(in, "the forecast");
			return Optional.of(new Expectation(of(last, command, jvmVariables, java, generation), grounds));
		}
		catch (IOException | RuntimeException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Remember a plan for the next start, or forget the last one if this one says nothing
	 * about the next.
	 * @param grounds what the plan was made of, or {@code null} if the next start has to
	 * do all that this one did
	 */
	public void write(LaunchPlan plan, @Nullable Grounds grounds) {
		if (plan.generation() == null || !plan.exclusiveFlags().isEmpty()) {
			forget(plan.command());
			return;
		}
		try {
			ByteArrayOutputStream content = new ByteArrayOutputStream();
			content.writeBytes(key(plan.command(), plan.workerEnvironment(), plan.java()));
			DataOutputStream out = new DataOutputStream(content);
			out.writeBoolean(grounds != null);
			if (grounds != null) {
				out.writeUTF(grounds.configuration());
				out.writeUTF(grounds.surroundings());
			}
			LaunchPlanFile
				.write(of(plan, new JavaCommandLine("", List.of(), List.of()), List.of(), "", plan.generation()), out);
			Path file = file(plan.command());
			if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content.toByteArray())) {
				PrivateFile.replace(this.workDir.directory(GenerationIndex.DIRECTORY), file.getFileName().toString(),
						content.toByteArray());
			}
		}
		catch (IOException | RuntimeException ex) {
			// The next start does without.
		}
	}

	/**
	 * Forget what was remembered of an application.
	 */
	public void forget(JavaCommandLine command) {
		try {
			Files.deleteIfExists(file(command));
		}
		catch (IOException | RuntimeException ex) {
			// The next start finds out again that it is wrong.
		}
	}

	private static LaunchPlan of(LaunchPlan plan, JavaCommandLine command, List<String> jvmVariables, String java,
			Generation generation) {
		return new LaunchPlan(plan.application(), plan.settings(), plan.autoWorkers(), plan.addresses(), Map.of(), java,
				command, generation, plan.workerOptions(), jvmVariables, List.of(), plan.pidFiles(), plan.logFile(),
				List.of(), plan.master());
	}

	private Path file(JavaCommandLine command) {
		String application = MasterProcess.application(command);
		return this.workDir.resolve(GenerationIndex.DIRECTORY)
			.resolve(PREFIX + UUID.nameUUIDFromBytes(application.getBytes(StandardCharsets.UTF_8)).toString());
	}

	/**
	 * System properties are configuration like the arguments of the application: they may
	 * change the plan, as a file may that has changed since, but seldom do.
	 */
	private static byte[] key(JavaCommandLine command, List<String> jvmVariables, String java) {
		String flags = command.options()
			.stream()
			.filter((option) -> !option.startsWith("-D"))
			.collect(Collectors.joining("\0"));
		String text = flags + "\n" + String.join("\0", jvmVariables) + "\n" + java;
		return Grounds.digest(text).getBytes(StandardCharsets.US_ASCII);
	}

}
