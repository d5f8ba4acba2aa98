/** The CloudFormation template of `specchat deploy ecs`. */
import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { checkTemplate } from "./cloudformation.ts";
import { runDeploy, SETTINGS } from "./run.ts";

const names = Object.keys(SETTINGS).filter((name) => name !== "one machine");

async function readTemplate(name: string) {
  const { files } = await runDeploy("ecs", SETTINGS[name]);
  return parse(files["specchat-ecs.yaml"] ?? "");
}

describe("ecs", () => {
  test.each(names)("The template for %s follows the specification of its resources.", async (name) => {
    expect(checkTemplate(await readTemplate(name))).toEqual([]);
  });

  test("The check finds unknown and missing properties, wrong values and unknown references.", () => {
    const Resources = {
      Service: {
        Type: "AWS::ECS::Service",
        Properties: {
          Clusters: "a",
          PropagateTags: "ALL",
          DesiredCount: "2",
          TaskDefinition: { Ref: "Task" },
        },
      },
      Rule: {
        Type: "AWS::ElasticLoadBalancingV2::ListenerRule",
        Properties: { Priority: 1, Conditions: [], Actions: [{}] },
      },
      Other: { Type: "AWS::ECS::Servce" },
    };
    expect(checkTemplate({ Parameters: {}, Resources })).toEqual([
      "Service.Clusters: unknown",
      "Service.PropagateTags: ALL",
      'Service.DesiredCount: "2" is no integer',
      "Rule.Actions[0].Type: missing",
      "Other: unknown type AWS::ECS::Servce",
      "Task",
    ]);
  });

  test("The task has the settings, its secrets by ARN, and the smallest policy.", async () => {
    const { Parameters, Resources } = await readTemplate("dynamodb");
    const [container] = Resources.TaskDefinition.Properties.ContainerDefinitions;
    expect([Parameters.CookieSecretArn.AllowedPattern, container.Secrets, container.StopTimeout]).toEqual([
      "arn:.+",
      [{ Name: "SPECCHAT_COOKIE_SECRET", ValueFrom: { Ref: "CookieSecretArn" } }],
      40,
    ]);
    expect(container.Environment).toContainEqual({
      Name: "SPECCHAT_STORE",
      Value: "dynamodb://chats?region=eu-west-1",
    });
    const [{ PolicyDocument }] = Resources.TaskRole.Properties.Policies;
    expect(PolicyDocument.Statement.at(-1).Resource).toEqual([
      { "Fn::Sub": `arn:aws:dynamodb:eu-west-1:\${AWS::AccountId}:table/chats/index/by-owner` },
    ]);
  });

  test("A store of one process never has two tasks.", async () => {
    const { Resources } = await readTemplate("demo");
    expect(Resources.Service.Properties.DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 0,
      MaximumPercent: 100,
    });
    expect([Resources.Service.Properties.DesiredCount, Resources.ScalableTarget]).toEqual([1, undefined]);
  });
});
