package io.unicorn.boot.doctor;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Looks for one kind of finding.
 *
 * @param id the id of its findings
 * @param check finds the symptoms in an application
 */
record Rule(String id, Function<Inspection, Stream<Symptom>> check) {

	/** Apply the rule. */
	List<Finding> findings(Inspection inspection) {
		return this.check.apply(inspection)
			.map((found) -> new Finding(this.id, found.place(), found.problem(), found.advice()))
			.distinct()
			.toList();
	}

}
