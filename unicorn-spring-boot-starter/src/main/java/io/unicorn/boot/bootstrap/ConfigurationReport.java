package io.unicorn.boot.bootstrap;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import io.unicorn.boot.autoconfigure.ConfiguredValue;
import io.unicorn.boot.bootstrap.addresses.AddressTrial;
import io.unicorn.boot.bootstrap.addresses.ProbePort;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.launch.settings.MachineResources;
import io.unicorn.launch.settings.PoolSize;

import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Prints how the application would start as a pool.
 */
final class ConfigurationReport {

	private final LaunchContext context;

	private final ConfigurableEnvironment environment;

	private final PrintStream out;

	private final Function<ListenAddress, String> trial;

	ConfigurationReport(LaunchContext context, ConfigurableEnvironment environment, PrintStream out) {
		this(context, environment, out, AddressTrial::of);
	}

	/**
	 * Create.
	 * @param trial tries an address, as {@link AddressTrial} does
	 */
	ConfigurationReport(LaunchContext context, ConfigurableEnvironment environment, PrintStream out,
			Function<ListenAddress, String> trial) {
		this.context = context;
		this.environment = environment;
		this.out = out;
		this.trial = trial;
	}

	/**
	 * Print whether a pool would start, and what was set.
	 * @param inputs reads and checks the configuration
	 * @return whether it would
	 * @throws RuntimeException if the start would be refused, as it would be refused
	 */
	boolean check(PoolActivation activation, Supplier<LaunchInputs> inputs) {
		if (!activation.wanted()) {
			this.out.println((activation.remark() != null) ? activation.remark() : PoolActivation.NO_POOL);
			return false;
		}
		LaunchInputs found = inputs.get();
		RuntimeFiles.check(found.properties());
		List<String> addresses = found.addresses()
			.stream()
			.map((address) -> "listening on " + describe(address) + this.trial.apply(address))
			.toList();
		LaunchPlan.Probe probe = ProbePort.of(found.properties().probe().address(),
				found.properties().health().minReady());
		if (probe != null) {
			ProbePort.check(probe, found.addresses());
		}
		MachineResources machine = MachineResources.current(this.context.jvmFlags());
		PoolSize size = found.size(machine, this.context.jvmFlags());
		int workers = found.settings().workers().orElse(size.auto());
		this.out.printf("A pool of %d %s of class %s would start, on %d %s with %d MiB of memory%n", workers,
				(workers == 1) ? "worker" : "workers", found.settings().workerClass().configName(), machine.cores(),
				(machine.cores() == 1) ? "processor" : "processors", machine.memoryBytes() >> 20);
		addresses.forEach(this.out::println);
		if (probe != null) {
			this.out.println("answering probes on " + probe.address());
		}
		found.notices().forEach(this.out::println);
		if (size.remark() != null) {
			this.out.println(size.remark());
		}
		print(ConfiguredValue.all(this.environment).stream().filter(ConfiguredValue::isSet).toList());
		return true;
	}

	/**
	 * Print all settings.
	 * @return {@code true}
	 */
	boolean printAll() {
		print(ConfiguredValue.all(this.environment));
		return true;
	}

	private static String describe(ListenAddress address) {
		return describe(address.bind()) + " (" + address.name() + ")";
	}

	private static String describe(BindAddress bind) {
		if (!(bind instanceof BindAddress.Tcp tcp)) {
			return bind.toString();
		}
		String host = (tcp.host() != null) ? tcp.host() : "*";
		return (host.contains(":") ? "[" + host + "]" : host) + ":" + ((tcp.port() != 0) ? tcp.port() : "a free port");
	}

	private void print(List<ConfiguredValue> values) {
		int name = values.stream().mapToInt((value) -> value.name().length()).max().orElse(0);
		int text = values.stream().mapToInt((value) -> value.text().length()).max().orElse(0);
		values.forEach((value) -> this.out
			.println((pad(value.name(), name) + "  " + pad(value.text(), Math.min(text, 30)) + "  " + value.origin())
				.replaceAll("\\p{Cntrl}", " ")));
	}

	private static String pad(String text, int width) {
		return text + " ".repeat(Math.max(0, width - text.length()));
	}

}
