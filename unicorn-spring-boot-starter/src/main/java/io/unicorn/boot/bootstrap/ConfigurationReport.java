package io.unicorn.boot.bootstrap;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;

import io.unicorn.boot.autoconfigure.ConfiguredValue;
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

	ConfigurationReport(LaunchContext context, ConfigurableEnvironment environment, PrintStream out) {
		this.context = context;
		this.environment = environment;
		this.out = out;
	}

	/**
	 * Print whether a pool would start, and what was set.
	 * @param inputs reads and checks the configuration
	 * @return whether it would
	 */
	boolean check(PoolActivation activation, Supplier<LaunchInputs> inputs) {
		if (!activation.wanted()) {
			this.out.println((activation.remark() != null) ? activation.remark()
					: "No worker pool: unicorn.enabled is false, or the application has no web server.");
			return false;
		}
		LaunchInputs found = inputs.get();
		MachineResources machine = MachineResources.current(this.context.jvmFlags());
		PoolSize size = found.size(machine, this.context.jvmFlags());
		int workers = found.settings().workers().orElse(size.auto());
		this.out.printf("A pool of %d %s of class %s would start, on %d %s with %d MiB of memory%n", workers,
				(workers == 1) ? "worker" : "workers", found.settings().workerClass().configName(), machine.cores(),
				(machine.cores() == 1) ? "processor" : "processors", machine.memoryBytes() >> 20);
		found.addresses().forEach((address) -> this.out.println("listening on " + describe(address)));
		LaunchPlan.Probe probe = ProbePort.of(found.properties().probe().address(),
				found.properties().health().minReady());
		if (probe != null) {
			this.out.println("answering probes on " + probe.address());
		}
		found.notices().forEach(this.out::println);
		if (size.remark() != null) {
			this.out.println(size.remark());
		}
		print(ConfiguredValue.all(this.environment).stream().filter(ConfiguredValue::isSet).toList());
		if (probe != null && found.addresses().stream().anyMatch((address) -> isSame(address, probe))) {
			this.out.println("No pool would start: unicorn.probe.address is an address of the application");
			return false;
		}
		return true;
	}

	private static boolean isSame(ListenAddress address, LaunchPlan.Probe probe) {
		return address.bind() instanceof BindAddress.Tcp tcp && tcp.port() == probe.address().port()
				&& (tcp.host() == null || tcp.host().equals(probe.address().host()));
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
