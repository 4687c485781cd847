package io.unicorn.boot.doctor;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * Names under which other systems know a process, and which all workers have.
 */
final class IdentityRules {

	private static final String KAFKA = "spring.kafka.";

	private IdentityRules() {
	}

	static Stream<Symptom> eureka(Inspection inspection) {
		boolean registers = inspection.hasClass("org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean")
				&& inspection.isOn("eureka.client.enabled", true)
				&& inspection.isOn("eureka.client.register-with-eureka", true);
		return registry(inspection, registers, "eureka.instance.instance-id");
	}

	static Stream<Symptom> consul(Inspection inspection) {
		boolean registers = inspection.hasClass("org.springframework.cloud.consul.discovery.ConsulDiscoveryProperties")
				&& inspection.isOn("spring.cloud.consul.enabled", true)
				&& inspection.isOn("spring.cloud.consul.discovery.enabled", true)
				&& inspection.isOn("spring.cloud.consul.discovery.register", true);
		return registry(inspection, registers, "spring.cloud.consul.discovery.instance-id");
	}

	private static Stream<Symptom> registry(Inspection inspection, boolean registers, String property) {
		String id = Objects.toString(inspection.property(property), "");
		boolean registered = registers && inspection.isOn("spring.cloud.discovery.enabled", true)
				&& inspection.isOn("spring.cloud.service-registry.auto-registration.enabled", true);
		return (registered && !inspection.isPerWorker(id)) ? Stream.of(new Symptom(property,
				"all workers register as the same instance, and the first one that leaves removes it from the registry",
				"Set it to ${spring.application.name}:${random.uuid}")) : Stream.empty();
	}

	static Stream<Symptom> kafkaMember(Inspection inspection) {
		return Stream.of("", "consumer.")
			.flatMap((part) -> Stream.of(KAFKA + part + "properties.group.instance.id",
					KAFKA + part + "properties[group.instance.id]"))
			.filter((name) -> isShared(inspection, name))
			.map((name) -> new Symptom(name,
					"all workers are the same static member of their group, and each one fences the others off",
					"Append ${unicorn.worker.index} to it"));
	}

	static Stream<Symptom> kafkaTransactions(Inspection inspection) {
		return Stream.of(KAFKA + "producer.transaction-id-prefix")
			.filter((name) -> isShared(inspection, name))
			.map((name) -> new Symptom(name,
					"the producers of all workers have the same transactional ids, and each one fences the others off "
							+ "(ProducerFencedException)",
					"Append ${unicorn.worker.index}- to it"));
	}

	private static boolean isShared(Inspection inspection, String name) {
		String value = inspection.property(name);
		return value != null && !inspection.isPerWorker(value);
	}

	/** Its default derives five bits from the hardware address and the process id. */
	static Stream<Symptom> snowflake(Inspection inspection) {
		String generator = "com.baomidou.mybatisplus.core.incrementer.IdentifierGenerator";
		return (inspection.hasClass(generator) && !inspection.hasBean(generator)
				&& inspection.property("mybatis-plus.global-config.worker-id") == null) ? Stream
					.of(new Symptom("mybatis-plus.global-config.worker-id",
							"the worker id in generated keys is derived from the hardware address and the process id "
									+ "modulo 32, so two workers may generate the same keys",
							"Set it to ${unicorn.worker.index}, and datacenter-id to a number of this machine"))
						: Stream.empty();
	}

}
