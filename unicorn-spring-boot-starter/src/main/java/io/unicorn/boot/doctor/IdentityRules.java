package io.unicorn.boot.doctor;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * Names under which other systems know a process, and which all workers have.
 */
final class IdentityRules {

	private static final String KAFKA = "spring.kafka.";

	private static final String SEQUENCE = "mybatis-plus.global-config.sequence.";

	private IdentityRules() {
	}

	static Stream<Symptom> eureka(Inspection inspection) {
		boolean registers = inspection
			.hasBean("org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration")
				&& inspection.isOn("eureka.client.register-with-eureka", true);
		return registry(inspection, registers, "eureka.instance.instance-id");
	}

	static Stream<Symptom> consul(Inspection inspection) {
		boolean registers = inspection
			.hasBean("org.springframework.cloud.consul.serviceregistry.ConsulAutoServiceRegistration")
				&& inspection.isOn("spring.cloud.consul.discovery.register", true);
		return registry(inspection, registers, "spring.cloud.consul.discovery.instance-id");
	}

	/**
	 * A random id would leave one entry for each worker that was killed, which passes
	 * every check of health, because any worker answers it.
	 */
	private static Stream<Symptom> registry(Inspection inspection, boolean registers, String property) {
		String id = Objects.toString(inspection.property(property),
				Objects.toString(inspection.property("spring.application.instance_id"), ""));
		return (registers && !inspection.isPerWorker(id)) ? Stream.of(new Symptom(property,
				"all workers register as the same instance, and the first one that leaves removes it from the registry",
				"Set it to ${spring.application.name}:${spring.cloud.client.hostname}:${server.port}:"
						+ "${unicorn.worker.index}"))
				: Stream.empty();
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

	/**
	 * By default it has 32 values, derived from the hardware address and the process id.
	 * MyBatis-Plus takes the properties only if both are set.
	 */
	static Stream<Symptom> snowflake(Inspection inspection) {
		String generator = "com.baomidou.mybatisplus.core.incrementer.IdentifierGenerator";
		String worker = inspection.property(SEQUENCE + "worker-id");
		boolean own = inspection.names(generator)
			.stream()
			.anyMatch((name) -> !inspection.source(name).endsWith(".IdentifierGeneratorAutoConfiguration"));
		boolean configured = worker != null && inspection.property(SEQUENCE + "datacenter-id") != null
				&& inspection.isPerWorker(worker);
		String type = Objects.toString(inspection.property("mybatis-plus.global-config.db-config.id-type"),
				"assign_id");
		return (inspection.hasClass(generator) && !own && !configured && type.replace('-', '_')
			.equalsIgnoreCase("assign_id")) ? Stream
				.of(new Symptom(SEQUENCE + "worker-id",
						"the worker id in generated keys is derived from the hardware address and the process id, in "
								+ "32 values, so two workers may generate the same keys",
						"Set it to ${unicorn.worker.index}, and " + SEQUENCE
								+ "datacenter-id to a number of this machine; both are needed"))
					: Stream.empty();
	}

}
