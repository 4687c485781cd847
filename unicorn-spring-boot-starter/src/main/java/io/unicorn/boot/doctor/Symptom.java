package io.unicorn.boot.doctor;

/**
 * What a rule has found, before it has the id of the rule.
 *
 * @param place the bean, the property or the file
 * @param problem what goes wrong with several processes, without a full stop
 * @param advice what to do, without a full stop
 */
record Symptom(String place, String problem, String advice) {

}
